import { upgradeServer, writeFromTheFuture } from '../fixtures/older-page.ts';
import { expect, test } from '../fixtures/test.ts';

// What is held up here must not go by way of the service worker, where Playwright cannot reach it.
test.use({ serviceWorkers: 'block' });

test('a page that is older than the document does not write in it, keeps what was written, and reloads', async ({
  user,
  documentId,
}) => {
  const editor = await user.open(documentId);
  const { page, text, toolbar } = editor;
  await editor.write('Mine');
  await editor.expectSaved();

  // By the time the other's edit arrives the server has been upgraded, and one edit has not been sent yet.
  await upgradeServer(page);
  const open = await editor.holdEdits();
  await editor.write(', unsent');
  await writeFromTheFuture(user.api, documentId);

  await expect(page.getByRole('alert')).toContainText('This page is older than the document');
  await expect(text).toHaveAttribute('contenteditable', 'false');
  await expect(toolbar).toHaveCount(0);
  await expect(text).toContainText('From the future');
  await expect(text).toContainText('Mine, unsent');
  open();
  await editor.expectSaved();

  // The page that comes now is as new as the server: what nobody knows is shown as that and hinders nobody.
  await page.unroute('**/api/config');
  await page.getByRole('alert').getByRole('button', { name: 'Reload' }).click();
  await expect(text).toHaveAttribute('contenteditable', 'true');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await editor.write('!');
  await editor.expectSaved();
  const words = (await editor.lines()).join();
  expect(words).toContain('Mine, unsent');
  expect(words).toContain('From the future');
});
