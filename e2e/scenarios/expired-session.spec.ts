import type { BrowserContext, Page } from '@playwright/test';
import { type UserName, users } from '../fixtures/api.ts';
import { EditorPage } from '../fixtures/editor-page.ts';
import { areStored, test, writeAtHome } from '../fixtures/laptop.ts';
import { expect } from '../fixtures/test.ts';

/** Ends the session as time does: the browser still has its cookie, which the server does not take any more. */
async function expireSession(context: BrowserContext) {
  const kept = await context.cookies();
  expect((await context.request.delete('/api/session')).status()).toBe(204);
  await context.clearCookies();
  await context.addCookies(kept);
  expect((await context.request.get('/api/session')).status()).toBe(401);
}

async function logIn(page: Page, user: UserName) {
  await page.getByLabel('E-mail').fill(users[user].email);
  await page.getByLabel('Password').fill(users[user].password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

async function logOut(page: Page) {
  await page.goto('/');
  await page.getByRole('button', { name: /account/i }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(page.getByLabel('Password')).toBeVisible();
}

/** Whose edits wait in this browser, one entry for each. */
function waitingEdits(page: Page): Promise<string[]> {
  return page.evaluate(
    () =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open('y-mercure');
        opening.onerror = reject;
        opening.onsuccess = () => {
          const edits = opening.result.transaction('edits').objectStore('edits').getAll();
          edits.onsuccess = () => resolve(edits.result.map(({ userId }) => userId));
          opening.result.close();
        };
      }),
  );
}

test('what was written offline before the browser was closed and the session expired is sent after logging in', async ({
  own,
  laptop,
  user,
  user2,
}) => {
  const documentId = await user.api.createDocument('Travel diary');
  await user.api.share(documentId, 'user2', 'editor');
  await writeAtHome(laptop, documentId, 'At home.');
  await own.stop();
  const train = await laptop.open();
  const offline = new EditorPage(await train.newPage());
  await offline.open(documentId);
  await offline.write(' On the train.');
  await areStored(offline.page);
  await train.close();

  await own.resume();
  const back = await laptop.open();
  await expireSession(back);
  const other = await user2.open(documentId);
  const page = await back.newPage();
  await page.goto(`/documents/${documentId}`);
  await expect(page.getByLabel('Password')).toBeVisible();
  await expect(page.getByText('On the train')).toHaveCount(0);
  expect(await waitingEdits(page)).not.toEqual([]);
  await expect(other.text).toHaveText('At home.');

  await logIn(page, 'user');
  const editor = new EditorPage(page);
  await expect(editor.text).toHaveText('At home. On the train.');
  await editor.expectSaved();
  await expect(other.text).toHaveText('At home. On the train.');
  await expect.poll(() => waitingEdits(page)).toEqual([]);
});

test('somebody else who logs in on that browser neither sees nor sends what the first person wrote, who does not lose it', async ({
  own,
  laptop,
  user,
  user2,
}) => {
  const documentId = await user.api.createDocument('Travel diary');
  await user.api.share(documentId, 'user2', 'editor');
  await writeAtHome(laptop, documentId, 'At home.');
  await own.stop();
  const train = await laptop.open();
  const offline = new EditorPage(await train.newPage());
  await offline.open(documentId);
  await offline.write(' On the train.');
  await areStored(offline.page);
  const waiting = await waitingEdits(offline.page);
  expect(waiting.length).toBeGreaterThan(0);
  await train.close();

  await own.resume();
  const shared = await laptop.open();
  await expireSession(shared);
  const page = await shared.newPage();
  await page.goto(`/documents/${documentId}`);
  await logIn(page, 'user2');
  const guest = new EditorPage(page);
  await expect(guest.text).toHaveText('At home.');
  await guest.placeCursorAtStartOf('At home.');
  await page.keyboard.type('Well: ');
  await guest.expectSaved();
  const elsewhere = await user2.open(documentId);
  await expect(elsewhere.text).toHaveText('Well: At home.');
  expect(await waitingEdits(page)).toEqual(waiting);
  await page.goto('/');
  await expect(page.getByRole('link', { name: 'Travel diary' })).toBeVisible();
  await expect(page.getByText(/on this device/)).toHaveCount(0);

  await logOut(page);
  await logIn(page, 'user');
  // Nothing but logging in is needed.
  await expect(elsewhere.text).toHaveText('Well: At home. On the train.');
  await expect.poll(() => waitingEdits(page)).toEqual([]);
});
