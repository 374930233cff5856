import { expect, test } from '../fixtures/test.ts';

const TWO_HOURS_MS = 2 * 3_600_000;

test('people whose clocks are wrong by hours, and are set while they write, write together as ever', async ({
  user,
  user2,
  documentId,
}) => {
  await user.api.share(documentId, 'user2', 'editor');
  const set = ({ context }: typeof user, wrongByMs: number) =>
    context.clock.setSystemTime(Date.now() + wrongByMs);
  await set(user, TWO_HOURS_MS);
  await set(user2, -TWO_HOURS_MS);
  const [ahead, behind] = await Promise.all([user.open(documentId), user2.open(documentId)]);
  const second = await user.open(documentId);

  for (const [round, [clock, back]] of [
    [TWO_HOURS_MS, -TWO_HOURS_MS],
    [-TWO_HOURS_MS, TWO_HOURS_MS],
    [0, 0],
  ].entries()) {
    if (round > 0) {
      await set(user, clock ?? 0);
      await set(user2, back ?? 0);
    }
    await ahead.write(`by the first ${round}\n`);
    await expect(behind.text).toContainText(`by the first ${round}`);
    await behind.write(`by the second ${round}`);
    for (const editor of [ahead, second]) {
      await expect(editor.text).toContainText(`by the second ${round}`);
      // Where the other is, is seen, too.
      const line = editor.text.locator('p').filter({ hasText: `by the second ${round}` });
      await expect(line.locator(`[data-cursor][data-name="${user2.name}"]`)).toBeVisible();
      await expect(editor.people.getByRole('listitem')).toHaveCount(2);
    }
    for (const editor of [ahead, behind, second]) await editor.expectSaved();
    await behind.write('\n');
  }
});
