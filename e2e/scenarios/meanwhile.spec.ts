import { anHourLater, changesIn, goOffline } from '../fixtures/absence.ts';
import { EditorPage } from '../fixtures/editor-page.ts';
import { test, writeAtHome } from '../fixtures/laptop.ts';
import { expect } from '../fixtures/test.ts';

/** Edits are on the server, or on this device, when the page is closed. */
async function isKept({ page }: EditorPage, edits: number) {
  const count = () =>
    page.evaluate(
      () =>
        new Promise<number>((resolve, reject) => {
          const opening = indexedDB.open('y-mercure');
          opening.onerror = reject;
          opening.onsuccess = () => {
            const all = opening.result.transaction('absences').objectStore('absences').getAll();
            all.onsuccess = () =>
              resolve(all.result.reduce((sum, { own }) => sum + (own === null ? 0 : own.length), 0));
            opening.result.close();
          };
        }),
    );
  await expect.poll(count).toBeGreaterThan(edits);
}

test('who closed the browser offline is shown what others changed, and what both changed, step by step', async ({
  own,
  laptop,
  user,
  user2,
}) => {
  const documentId = await user.api.createDocument('Travel diary');
  await user.api.share(documentId, 'user2', 'editor');
  await writeAtHome(laptop, documentId, 'Monday\nTuesday\nWednesday');

  await own.stop();
  const train = await laptop.open();
  const offline = new EditorPage(await train.newPage());
  await offline.page.goto(`/documents/${documentId}`);
  await expect(offline.text).toContainText('Wednesday');
  await offline.write(': rain');
  await expect(offline.status).toContainText(/^Offline: \d+ edits waiting/);
  await isKept(offline, 0);
  await train.close();

  await own.resume();
  const other = await user2.open(documentId);
  await other.placeCursorAtStartOf('Monday');
  await other.page.keyboard.type('On ');
  await other.write(' or Thursday');
  await other.expectSaved();

  const back = await laptop.open();
  await anHourLater(back);
  const page = await back.newPage();
  await page.goto('/');
  await expect(other.text).toContainText(': rain');
  await page.getByRole('link', { name: 'Travel diary' }).click();
  const merged = new EditorPage(page);
  const changes = changesIn(page);
  await expect(changes).toContainText(
    `${user2.name} changed 2 paragraphs while you were away. You had changed 1 of them, too.`,
  );
  await expect(merged.text.locator('.changed-place')).toHaveCount(2);
  await expect(merged.text.locator('.by-both')).toContainText('Wednesday');
  await expect(merged.text.locator('.changed-text')).toHaveText(['On ', ' or Thursday']);

  // First to what both have changed.
  await page.keyboard.press('F8');
  const announced = page.getByRole('status').filter({ hasText: 'Change' });
  await expect(announced).toContainText('Change 2 of 2, changed by you, too: “Wednesday');
  await changes.getByRole('button', { name: 'Next change' }).click();
  await expect(announced).toContainText('Change 1 of 2: “On Monday”');
  await page.keyboard.press('Shift+F8');
  await expect(announced).toContainText('Change 2 of 2');

  await changes.getByRole('button', { name: 'Dismiss changes' }).click();
  await expect(changes).toHaveCount(0);
  await expect(merged.text.locator('.changed-place, .changed-text')).toHaveCount(0);
});

test('who was offline with the page open is shown what others changed; what has been looked at goes by itself', async ({
  user,
  user2,
}) => {
  const documentId = await user.api.createDocument('Plan');
  await user.api.share(documentId, 'user2', 'editor');
  const editor = await user.open(documentId);
  await editor.write('One\nTwo');
  await editor.expectSaved();

  await goOffline(user, documentId);
  await user.api.share(documentId, 'user2', 'editor');
  await editor.write(' mine');
  await expect(editor.status).toContainText(/^Offline/);
  const other = await user2.open(documentId);
  await other.placeCursorAtStartOf('One');
  await other.page.keyboard.type('Number ');
  await other.page.keyboard.press('End');
  for (let letters = 0; letters < 3; letters++) await other.page.keyboard.press('Backspace');
  await other.expectSaved();
  await anHourLater(user.context);
  await user.context.setOffline(false);

  const changes = changesIn(editor.page);
  await expect(changes).toContainText(`${user2.name} changed 1 paragraph while you were away.`);
  await expect(editor.text.locator('.changed-text')).toHaveText('Number ');
  await expect(editor.text.locator('.deleted-text')).toHaveCount(1);
  await expect(editor.text.locator('.changed-place')).toHaveCount(0, { timeout: 30_000 });
  await expect(changes).toHaveCount(0);
  await expect.poll(() => editor.lines()).toEqual(['Number ', 'Two mine']);
});

test('who finds the document as they left it is not bothered', async ({ user }) => {
  const documentId = await user.api.createDocument('Plan');
  await user.api.share(documentId, 'user2', 'editor');
  const editor = await user.open(documentId);
  await editor.write('One');
  await editor.expectSaved();
  await goOffline(user, documentId);
  await editor.write(' mine');
  await expect(editor.status).toContainText(/^Offline/);
  await anHourLater(user.context);
  await user.context.setOffline(false);
  await editor.expectSaved();
  await expect(changesIn(editor.page)).toHaveCount(0);
  await expect(editor.text.locator('.changed-place')).toHaveCount(0);
});
