import { users } from '../fixtures/api.ts';
import { test } from '../fixtures/network.ts';
import { expect } from '../fixtures/test.ts';

// What is held up here must not go by way of the service worker, where Playwright cannot reach it.
test.use({ serviceWorkers: 'block' });

test('where the network holds streams back people still write together, and are told so', async ({
  network,
  user,
  user2,
  documentId,
}) => {
  network.behaviour = 'holds streams back';
  await user.api.share(documentId, 'user2', 'editor');
  const [first, second] = await Promise.all([user.open(documentId), user2.open(documentId)]);
  await first.write('Good morning');
  await expect(second.text).toContainText('Good morning');
  await expect(second.status).toContainText('Saved · delayed');
  await expect(second.people.getByRole('listitem')).toHaveCount(2);
  await second.write(', everybody');
  await expect(first.text).toContainText('Good morning, everybody');
  expect(await first.lines()).toEqual(await second.lines());

  // On another network everything is as usual: at once when the browser says that there is one.
  network.behaviour = 'open';
  for (const { page } of [first, second])
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await first.expectSaved();
  await expect(second.status).toHaveText('Saved');
});

test('a stream that begins to be held back is noticed by who writes', async ({ pair, network }) => {
  const { first, second } = pair;
  await first.write('one');
  await expect(second.text).toContainText('one');
  network.behaviour = 'holds streams back';
  await second.write(' two');
  await first.write(' three');
  for (const { status, text } of [first, second]) {
    await expect(status).toContainText('delayed');
    await expect(text).toContainText('one');
    await expect(text).toContainText('two');
    await expect(text).toContainText('three');
  }
});

test('an edit that was altered on its way is mended after sleep, without anything to be seen of it', async ({
  network,
  user,
  user2,
  documentId,
}) => {
  await user.api.share(documentId, 'user2', 'editor');
  const [first, second] = await Promise.all([user.open(documentId), user2.open(documentId)]);
  await first.write('one');
  await expect(second.text).toContainText('one');
  await second.write(' two');
  await expect(first.text).toContainText('one two');

  network.behaviour = 'empties edits';
  const emptied = second.page.waitForResponse(answer => answer.url().endsWith('/updates') && answer.ok());
  await second.write(' three');
  await emptied;
  await second.expectSaved();
  network.behaviour = 'open';
  expect(await first.lines()).not.toEqual(await second.lines());
  // As when the machine wakes up: something may have been missed.
  await first.page.evaluate(() =>
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
  );
  await expect(first.text).toContainText('one two three');
  await first.write(' four');
  await expect(second.text).toContainText('one two three four');
  await first.expectSaved();
  expect(await first.lines()).toEqual(await second.lines());
});

test('what builds on an edit that never came is shown as soon as that has been looked up, by itself', async ({
  pair,
  network,
}) => {
  const { first, second } = pair;
  await first.write('one');
  await expect(second.text).toHaveText('one');
  await second.expectSaved();
  network.behaviour = 'empties edits';
  const emptied = first.page.waitForResponse(answer => answer.url().endsWith('/updates') && answer.ok());
  await first.page.keyboard.insertText(' two');
  await emptied;
  await first.expectSaved();
  expect(await second.lines()).toEqual(['one']);
  network.behaviour = 'open';
  await first.page.keyboard.insertText(' three');
  await expect(second.text).toHaveText('one two three');
  await second.write(' four');
  await expect(first.text).toHaveText('one two three four');
});

test('a captive portal is not taken for the server: edits wait, and are sent once it lets them through', async ({
  network,
  user,
  documentId,
}) => {
  const editor = await user.open(documentId);
  await editor.write('x');
  await editor.expectSaved();
  const saved = await user.api.sequenceOf(documentId);
  network.behaviour = 'captive portal';
  await editor.write('y');
  await expect(editor.status).toContainText('Not saved: 1 edit waiting');
  await expect(editor.status).toContainText('log in to it first');
  network.behaviour = 'open';
  await expect(editor.status).toHaveText('Saved');
  expect(await user.api.sequenceOf(documentId)).toBeGreaterThan(saved);
});

for (const [status, headers, says] of [
  [413, {}, 'does not let so large an edit through'],
  [429, { 'retry-after': '1' }, 'asks to wait'],
  [503, {}, 'sent when the server can be reached again'],
] as const) {
  test(`an edit that is answered with ${status} waits, which is said with the reason, and is saved later`, async ({
    user,
    documentId,
  }) => {
    const editor = await user.open(documentId);
    await editor.page.route('**/updates', route =>
      route.request().method() === 'POST' ? route.fulfill({ status, headers }) : route.continue(),
    );
    await editor.write('x');
    await expect(editor.status).toContainText('edit waiting');
    await expect(editor.status).toContainText(says);
    // Said aloud, too, after a moment.
    await expect(editor.page.getByRole('status').filter({ hasText: 'edit waiting' })).toContainText(says);
    expect(await user.api.sequenceOf(documentId)).toBe(0);
    await editor.page.unroute('**/updates');
    await editor.expectSaved();
    expect(await user.api.sequenceOf(documentId)).toBe(1);
  });
}

test('what waits when the session has ended is saved after logging in again, on the same page', async ({
  network,
  user,
  documentId,
}) => {
  const editor = await user.open(documentId);
  network.behaviour = 'captive portal';
  await editor.write('x');
  await expect(editor.status).toContainText('Not saved');
  await user.context.clearCookies();
  network.behaviour = 'open';
  const dialog = editor.page.getByRole('dialog');
  await dialog.getByLabel('Password').fill(users.user.password);
  await dialog.getByRole('button', { name: 'Log in', exact: true }).click();
  await editor.expectSaved();
  await expect(editor.text).toContainText('x');
});
