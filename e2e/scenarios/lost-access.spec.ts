import type { BrowserContext } from '@playwright/test';
import { users } from '../fixtures/api.ts';
import type { CahierServer } from '../fixtures/cahier-server.ts';
import { EditorPage } from '../fixtures/editor-page.ts';
import { areStored, type Laptop, test, writeAtHome } from '../fixtures/laptop.ts';
import { expect } from '../fixtures/test.ts';

/** The first user writes without the server, and closes the browser; what happens to the document meanwhile is to follow. */
async function writeOnTheTrain(own: CahierServer, laptop: Laptop, documentId: string) {
  await writeAtHome(laptop, documentId, 'At home.');
  await own.stop();
  const train = await laptop.open();
  const offline = new EditorPage(await train.newPage());
  await offline.open(documentId);
  await offline.write(' On the train.');
  await expect(offline.status).toContainText('kept on this device');
  await areStored(offline.page);
  await train.close();
  await own.resume();
}

/** Opens the application where nothing but the list is looked at. */
async function openList(context: BrowserContext) {
  const page = await context.newPage();
  await page.goto('/');
  return {
    page,
    lost: page.getByRole('region', { name: 'Written on this device, and not saved' }),
    /** Comes back to the page from another window: the list is asked for at once. */
    lookAgain: () => page.evaluate(() => window.dispatchEvent(new Event('visibilitychange'))),
  };
}

test('what was written without a network, in a document to which access was withdrawn meanwhile, is there, and is sent when access is back', async ({
  own,
  laptop,
  user2,
}) => {
  const documentId = await user2.api.createDocument('Field notes');
  await user2.api.share(documentId, 'user', 'editor');
  await writeOnTheTrain(own, laptop, documentId);
  await user2.api.withdraw(documentId, 'user');
  const owner = await user2.open(documentId);

  const station = await laptop.open();
  const { page, lost } = await openList(station);
  await expect(lost).toContainText('could not be sent · not shared with you any more');
  await lost.getByRole('link', { name: 'Field notes' }).click();
  const editor = new EditorPage(page);
  const panel = page.getByRole('alert').filter({ hasText: 'no longer have access' });
  for (const look of ['at first', 'after a reload']) {
    if (look === 'after a reload') await page.reload();
    await expect(panel).toContainText('They are kept on this device');
    await expect(editor.text).toHaveText('At home. On the train.');
    await expect(editor.text.locator('.unsent-text')).toHaveText(' On the train.');
    await expect(editor.text).toHaveAttribute('contenteditable', 'false');
  }
  await station.grantPermissions(['clipboard-read', 'clipboard-write']);
  await panel.getByRole('button', { name: 'Copy the text' }).click();
  await expect(page.getByText('The text is on the clipboard.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('At home. On the train.');
  await owner.write(' In the office.');
  await owner.expectSaved();
  expect(await owner.lines()).toEqual(['At home. In the office.']);

  await panel.getByRole('button', { name: 'Ask for access' }).click();
  await owner.page.getByRole('button', { name: 'Share: 1 person asks for access' }).click();
  await owner.page.getByRole('button', { name: /^Allow/ }).click();
  await expect(panel).toHaveCount(0);
  await owner.page.keyboard.press('Escape');
  await editor.expectSaved();
  await expect(owner.text).toContainText('On the train.');
  await expect(editor.text).toContainText('In the office.');
  await expect(editor.text.locator('.unsent-text')).toHaveCount(0);
  expect(await editor.lines()).toEqual(await owner.lines());
});

test('what was written without a network is sent by itself when access is back, and only then', async ({
  own,
  laptop,
  user2,
}) => {
  const documentId = await user2.api.createDocument('Field notes');
  await user2.api.share(documentId, 'user', 'editor');
  await writeOnTheTrain(own, laptop, documentId);
  await user2.api.changeRole(documentId, 'user', 'viewer');
  const owner = await user2.open(documentId);

  const { page, lost, lookAgain } = await openList(await laptop.open());
  const row = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Field notes' }) });
  await expect(row).toContainText('could not be sent');
  await user2.api.withdraw(documentId, 'user');
  await lookAgain();
  await expect(lost).toContainText('could not be sent');
  expect(await owner.lines()).toEqual(['At home.']);
  await user2.api.share(documentId, 'user', 'editor');
  await lookAgain();
  await expect(owner.text).toHaveText('At home. On the train.');
  await expect(lost).toHaveCount(0);
  await expect(row).not.toContainText(/could not be sent|wait/);
});

test('what was written without a network in a document that was put in the trash meanwhile is saved when it is restored', async ({
  own,
  laptop,
  user,
}) => {
  const documentId = await user.api.createDocument('Draft');
  await writeOnTheTrain(own, laptop, documentId);
  await user.api.trash(documentId);

  const { page, lost } = await openList(await laptop.open());
  await expect(lost).toContainText('could not be sent · in the trash');
  await lost.getByRole('link', { name: 'Draft' }).click();
  const editor = new EditorPage(page);
  const panel = page.getByRole('alert').filter({ hasText: 'moved to the trash' });
  await expect(panel).toContainText('sent if it is restored');
  await expect(editor.text).toHaveText('At home. On the train.');
  await panel.getByRole('button', { name: 'Restore' }).click();
  await editor.expectSaved();
  await expect(panel).toHaveCount(0);
  const elsewhere = await user.open(documentId);
  await expect(elsewhere.text).toHaveText('At home. On the train.');
});

test('who has logged in anew still has the words that they could not send, until they discard them', async ({
  own,
  laptop,
  user2,
}) => {
  const documentId = await user2.api.createDocument('Field notes');
  await user2.api.share(documentId, 'user', 'editor');
  await writeOnTheTrain(own, laptop, documentId);
  await user2.api.withdraw(documentId, 'user');

  const context = await laptop.open();
  await context.clearCookies();
  const { page, lost } = await openList(context);
  await page.getByLabel('E-mail').fill(users.user.email);
  await page.getByLabel('Password').fill(users.user.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  // Of the document itself nothing was left for whoever might have sat down at this screen.
  await lost.getByRole('link', { name: 'A document' }).click();
  const panel = page.getByRole('alert').filter({ hasText: 'no longer have access' });
  await expect(panel).toContainText('not on this device any more');
  await expect(page.getByRole('region', { name: 'What you wrote' })).toHaveText('On the train.');
  await expect(page.getByText('At home.')).toHaveCount(0);

  await panel.getByRole('button', { name: 'Discard them' }).click();
  const dialog = page.getByRole('dialog', { name: /^Discard \d+ edits\?$/ });
  await dialog.getByRole('button', { name: 'Keep them' }).click();
  await expect(dialog).toHaveCount(0);
  await panel.getByRole('button', { name: 'Discard them' }).click();
  await dialog.getByRole('button', { name: 'Discard', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Documents' })).toBeVisible();
  await expect(lost).toHaveCount(0);
  await page.goto(`/documents/${documentId}`);
  await expect(page.getByRole('heading', { name: 'Document not found' })).toBeVisible();
});
