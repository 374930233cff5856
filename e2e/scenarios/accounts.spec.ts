import { users } from '../fixtures/api.ts';
import { expect, test } from '../fixtures/test.ts';

test('somebody who opens a document’s address logs in and arrives there', async ({ visitor, documentId }) => {
  const page = await visitor.newPage();
  await page.goto(`/documents/${documentId}`);
  await page.getByLabel('E-mail').fill(users.user.email);
  await page.getByLabel('Password').fill(users.user.password);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Document text' })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe(`/documents/${documentId}`);
});

test('a wrong password is said plainly, and what was typed stays', async ({ visitor }) => {
  const page = await visitor.newPage();
  await page.goto('/');
  await page.getByLabel('E-mail').fill('user@exelearning.net');
  await page.getByLabel('Password').fill('wrong');
  await page.getByLabel('Password').press('Enter');
  await expect(page.getByRole('alert')).toContainText('do not match');
  await expect(page.getByLabel('E-mail')).toHaveValue('user@exelearning.net');
});

test('in development the log-in page offers the two test users', async ({ visitor }) => {
  const page = await visitor.newPage();
  await page.goto('/');
  await expect(page.getByText('user@exelearning.net', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: /user2@exelearning\.net/ }).click();
  await expect(page.getByRole('heading', { name: 'Documents' })).toBeVisible();
});

test('logging out ends the session, also for what is still open', async ({ user }) => {
  const page = await user.context.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: /account/i }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(page.getByLabel('Password')).toBeVisible();
  expect((await user.api.request.get('/api/documents')).status()).toBe(401);
});
