import { expect, test } from '../fixtures/test.ts';

// What is held up here must not go by way of the service worker, where Playwright cannot reach it.
test.use({ serviceWorkers: 'block' });

test('a new document opens empty, gets its title, and is in the list', async ({ user }, testInfo) => {
  const title = `Shopping ${testInfo.workerIndex} ${Date.now()}`;
  const page = await user.context.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: 'New document' }).first().click();
  await expect(page.getByRole('textbox', { name: 'Document text' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Title' }).fill(title);
  await page.getByRole('textbox', { name: 'Title' }).press('Enter');
  await expect(page).toHaveTitle(new RegExp(`^${title}`));
  await page.goto('/');
  await page.getByRole('link', { name: title }).click();
  await expect(page.getByRole('textbox', { name: 'Title' })).toHaveValue(title);
});

test('the welcome document is there for both users, and says what to try', async ({ user, user2 }) => {
  for (const actor of [user, user2]) {
    const page = await actor.context.newPage();
    await page.goto('/');
    await page
      .getByRole('link', { name: /welcome/i })
      .first()
      .click();
    const text = page.getByRole('textbox', { name: 'Document text' });
    await expect(text).toHaveAttribute('contenteditable', 'true');
    await expect(text).toContainText(/second|another/i);
  }
});

test('a document is put in the trash and taken out again', async ({ user, user2, documentId }, testInfo) => {
  const title = testInfo.title.slice(0, 150);
  await user.api.share(documentId, 'user2', 'editor');
  const page = await user.context.newPage();
  await page.goto('/');
  const row = page
    .getByRole('list', { name: 'Documents', exact: true })
    .getByRole('listitem')
    .filter({ hasText: title });
  await row.getByRole('button', { name: /^Actions for/ }).click();
  await page.getByRole('menuitem', { name: /trash/i }).click();
  await expect(row).toHaveCount(0);
  expect((await user2.api.request.get(`/api/documents/${documentId}`)).status()).toBe(404);

  await page.getByRole('link', { name: 'Trash' }).click();
  await page.getByRole('button', { name: `Restore ${title}` }).click();
  await expect(page.getByRole('button', { name: `Restore ${title}` })).toHaveCount(0);
  expect((await user2.api.request.get(`/api/documents/${documentId}`)).status()).toBe(200);
});

test('who puts documents in the trash with the keyboard goes on with the next one', async ({
  user,
  documentId,
}) => {
  await user.api.createDocument('Another');
  const page = await user.context.newPage();
  await page.goto('/');
  const rows = page.getByRole('list', { name: 'Documents', exact: true }).getByRole('listitem');
  const row = rows.filter({ has: page.locator(`a[href="/documents/${documentId}"]`) });
  await expect(row).toBeVisible();
  const { labels, at } = await rows.evaluateAll(
    (items, path) => ({
      labels: items.map(item => item.querySelector('button')?.getAttribute('aria-label') ?? ''),
      at: items.findIndex(item => item.querySelector(`a[href="${path}"]`) !== null),
    }),
    `/documents/${documentId}`,
  );
  await row.getByRole('button').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: /trash/i }).press('Enter');
  await expect(row).toHaveCount(0);
  const next = labels[at + 1] ?? labels[at - 1] ?? '';
  await expect(page.locator(':focus')).toHaveAttribute('aria-label', next);
});

test('a document that is trashed while somebody has it open says so and stops their typing', async ({
  user,
  user2,
  documentId,
}) => {
  await user.api.share(documentId, 'user2', 'editor');
  const guest = await user2.open(documentId);
  await guest.write('still here');
  await guest.expectSaved();
  expect((await user.api.request.delete(`/api/documents/${documentId}`)).status()).toBe(204);
  await expect(guest.page.getByRole('alert')).toBeVisible();
  await expect(guest.page.locator('[contenteditable="true"]')).toHaveCount(0);
});

test('what was not sent when a document was trashed is saved once its owner restores it', async ({
  user,
  documentId,
}) => {
  const editor = await user.open(documentId);
  await editor.write('Sent.');
  await editor.expectSaved();
  const open = await editor.holdEdits();
  await editor.write(' Not sent.');
  expect((await user.api.request.delete(`/api/documents/${documentId}`)).status()).toBe(204);
  open();
  const panel = editor.page.getByRole('alert').filter({ hasText: 'moved to the trash' });
  await expect(panel).toContainText('could not be saved');
  await panel.getByRole('button', { name: 'Restore' }).click();
  await expect(panel).toHaveCount(0);
  await editor.expectSaved();
  await editor.page.reload();
  await expect(editor.text).toHaveText('Sent. Not sent.');
});

test('a document that cannot be loaded shows why and a way to try again, never an empty page', async ({
  user,
  documentId,
}) => {
  const page = await user.context.newPage();
  await page.route('**/updates?*', route => route.fulfill({ status: 503, body: 'no' }));
  await page.goto(`/documents/${documentId}`);
  const retry = page.getByRole('button', { name: /try again|retry/i });
  await expect(retry).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Document text' })).toHaveCount(0);
  const triedAgain = page.waitForRequest('**/updates?*');
  await retry.click();
  await triedAgain;

  await page.unroute('**/updates?*');
  await expect(page.getByRole('textbox', { name: 'Document text' })).toBeVisible();
});
