import type { Page, Request } from '@playwright/test';
import { users } from '../fixtures/api.ts';
import type { EditorPage } from '../fixtures/editor-page.ts';
import { expect, test } from '../fixtures/test.ts';

/** Browsers open no more connections than this to one HTTP/1.1 server. */
const CONNECTIONS = 6;

/** Takes a tab away as when its process dies: nothing in it is asked, or told. */
async function crash(page: Page) {
  const crashed = page.waitForEvent('crash');
  const devtools = await page.context().newCDPSession(page);
  // The answer never comes: there is nobody left to give it.
  devtools.send('Page.crash').catch(() => {});
  await crashed;
}

test('ten tabs work at once over one stream, whichever of them is closed or dies', async ({
  user,
  user2,
}) => {
  const streams = new Set<Request>();
  const gone = new Set<Page>();
  const isStream = (request: Request) => request.url().includes('/.well-known/mercure');
  // What ends with its page is not said to have ended.
  const openStreams = () => [...streams].filter(request => !gone.has(request.frame().page())).length;
  user.context.on('request', request => isStream(request) && streams.add(request));
  user.context.on('requestfinished', request => streams.delete(request));
  user.context.on('requestfailed', request => streams.delete(request));

  const documents: string[] = [];
  for (let index = 0; index < 5; index++) {
    const documentId = await user.api.createDocument(`Document ${index}`);
    await user.api.share(documentId, 'user2', 'editor');
    documents.push(documentId);
  }
  // Two tabs for each of the documents.
  const tabs: EditorPage[] = [];
  for (const documentId of [...documents, ...documents]) {
    const tab = await user.open(documentId);
    tab.page.on('close', page => gone.add(page));
    tab.page.on('crash', page => gone.add(page));
    tabs.push(tab);
  }
  expect(tabs.length).toBeGreaterThan(CONNECTIONS);
  await expect.poll(openStreams).toBe(1);
  for (const [index, tab] of tabs.slice(0, 5).entries()) {
    await tab.write(`first ${index}`);
    await tab.expectSaved();
    await expect(tabs[index + 5]?.text ?? tab.text).toContainText(`first ${index}`);
  }

  // The first tab is the one that holds the stream; then the next one does.
  const others = await Promise.all(documents.slice(3).map(documentId => user2.open(documentId)));
  for (const [round, tab] of tabs.slice(0, 3).entries()) {
    const holder = [...streams]
      .find(request => !gone.has(request.frame().page()))
      ?.frame()
      .page();
    expect(holder).toBe(tab.page);
    const writing = others.map(other => other.write(` and ${round}`));
    await (round === 1 ? tab.page.close() : crash(tab.page));
    await Promise.all(writing);
    for (const [index, other] of others.entries()) {
      await other.expectSaved();
      const lines = await other.lines();
      for (const same of [tabs[3 + index], tabs[8 + index]]) {
        await expect.poll(() => same?.lines()).toEqual(lines);
      }
    }
    await expect.poll(openStreams).toBe(1);
  }
  // Those whose documents have not changed are none the less there.
  await tabs[5]?.write(' still');
  await tabs[5]?.expectSaved();
});

test('a tab that dies is gone for the others within seconds, though another tab holds the stream', async ({
  user,
  user2,
}) => {
  const [first, second] = [await user.api.createDocument('First'), await user.api.createDocument('Second')];
  await user.api.share(second, 'user2', 'editor');
  await user.open(first);
  const dying = await user.open(second);
  const other = await user2.open(second);
  await expect(other.people.getByRole('listitem')).toHaveCount(2);
  await crash(dying.page);
  // Sooner than by expiry, for want of reports: the other tab notices, and opens another stream.
  await expect(other.people.getByRole('listitem')).toHaveCount(1, { timeout: 8_000 });
});

test('somebody else who logs in, in another tab, neither writes in the first person’s name nor sees their page', async ({
  user,
  user2,
  documentId,
}) => {
  await user.api.share(documentId, 'user2', 'editor');
  const editor = await user.open(documentId);
  await editor.write('mine');
  await editor.expectSaved();
  // Without the tab's knowledge, as another window does.
  await user.context.request.post('/api/session', { data: users.user2 });
  await editor.write('!');
  const dialog = editor.page.getByRole('dialog');
  await expect(dialog).toContainText('logged out');
  expect(await user.context.request.get('/api/session').then(answer => answer.json())).toMatchObject({
    user: { email: users.user2.email },
  });
  const sequence = () => user2.api.sequenceOf(documentId);
  const before = await sequence();

  await dialog.getByLabel('Password').fill(users.user.password);
  await dialog.getByRole('button', { name: 'Log in', exact: true }).click();
  await editor.expectSaved();
  expect(await sequence()).toBeGreaterThan(before);
  await expect(editor.text).toContainText('mine!');
});
