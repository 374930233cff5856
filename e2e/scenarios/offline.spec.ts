import { EditorPage } from '../fixtures/editor-page.ts';
import { areStored, isReady, test, writeAtHome } from '../fixtures/laptop.ts';
import { expect } from '../fixtures/test.ts';

/** So that a kill comes at any moment between two keystrokes. */
const LONGEST_KEYSTROKE_MS = 100;

test('a document is opened, written and closed without the server, and merges when both are back', async ({
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
  await offline.page.goto('/');
  await expect(offline.page.getByText(/^Offline: documents you have opened/)).toBeVisible();
  await offline.page.getByRole('link', { name: 'Travel diary' }).click();
  await expect(offline.text).toContainText('At home.');
  await offline.write(' On the train.');
  await expect(offline.status).toContainText(/^Offline: \d+ edits waiting/);
  await expect(offline.status).toContainText('kept on this device');
  await train.close();

  const station = await laptop.open();
  const list = await station.newPage();
  await list.goto('/');
  await expect(list.getByText(/edits wait on this device/)).toBeVisible();
  // Meanwhile the application tries to send them by itself.
  await list.getByRole('link', { name: 'Travel diary' }).click();
  const found = new EditorPage(list);
  await expect(found.text).toContainText('At home. On the train.');
  await expect(found.status).toContainText(/^Offline: \d+ edits waiting/);
  await found.write(' At the station.');
  await station.close();

  await own.resume();
  const other = await user2.open(documentId);
  await other.write(' In the office.');
  await other.expectSaved();

  // Nothing but opening the application is needed.
  const back = await laptop.open();
  const page = await back.newPage();
  await page.goto('/');
  await expect(other.text).toContainText('On the train. At the station.');
  await expect(page.getByText(/wait on this device/)).toHaveCount(0);
  await page.getByRole('link', { name: 'Travel diary' }).click();
  const merged = new EditorPage(page);
  await merged.expectSaved();
  await expect(merged.text).toContainText('In the office.');
  expect(await merged.lines()).toEqual(await other.lines());
});

test('a browser that is killed again and again while somebody types has what they wrote', async ({
  own,
  laptop,
  user,
  user2,
}) => {
  test.skip(process.platform !== 'linux', 'finds the processes of the browser in /proc');
  test.slow();
  const documentId = await user.api.createDocument('Lecture');
  await user.api.share(documentId, 'user2', 'editor');
  const first = await laptop.open('user');
  const before = new EditorPage(await first.newPage());
  await before.open(documentId);
  await before.write('Start.');
  await before.expectSaved();
  await isReady(before.page, documentId);
  await first.close();

  const textOf = async (editor: EditorPage) => (await editor.lines()).join('');
  let typed = 'Start.';
  /** So much of it the browser has stored. */
  let stored = typed.length;
  let count = 0;
  for (const server of ['away', 'away', 'there', 'there']) {
    if (server === 'away') await own.stop();
    else if (!own.isRunning) await own.resume();
    const editor = new EditorPage(await (await laptop.open()).newPage());
    await editor.open(documentId);
    await expect(editor.text).toContainText(typed.slice(0, stored));
    // Of what was typed in the moment before the kill some may be there, in its order, and nothing else.
    const found = await textOf(editor);
    expect(found).toBe(typed.slice(0, found.length));
    typed = found;
    stored = found.length;

    let isKilled = false;
    const writing = (async () => {
      while (!isKilled) {
        const words = `${++count}.`;
        typed += words;
        await editor.write(words);
        if (count % 3 !== 0) continue;
        await areStored(editor.page);
        stored = typed.length;
      }
    })().catch(error => {
      if (!isKilled) throw error;
    });
    const enough = stored + 20;
    await expect.poll(() => stored, { intervals: [20] }).toBeGreaterThan(enough);
    await new Promise(resolve => setTimeout(resolve, Math.random() * LONGEST_KEYSTROKE_MS));
    isKilled = true;
    await laptop.kill();
    await writing;
  }

  const last = new EditorPage(await (await laptop.open()).newPage());
  await last.open(documentId);
  await last.expectSaved();
  await expect(last.text).toContainText(typed.slice(0, stored));
  const text = await textOf(last);
  expect(text).toBe(typed.slice(0, text.length));
  const other = await user2.open(documentId);
  await expect.poll(() => textOf(other)).toBe(text);
});

test('after logging out nothing of a person can be opened without the server', async ({
  own,
  laptop,
  user,
}) => {
  const documentId = await user.api.createDocument('A secret');
  const context = await laptop.open('user');
  const editor = new EditorPage(await context.newPage());
  await editor.page.goto('/');
  await editor.page.getByRole('link', { name: 'A secret' }).click();
  await editor.write('Only for me.');
  await editor.expectSaved();
  await isReady(editor.page, documentId);
  await editor.page.getByRole('link', { name: 'All documents' }).click();
  await editor.page.getByRole('button', { name: /account/i }).click();
  await editor.page.getByRole('menuitem', { name: 'Log out' }).click();
  await expect(editor.page.getByLabel('Password')).toBeVisible();

  await own.stop();
  for (const path of ['/', `/documents/${documentId}`]) {
    await editor.page.goto(path);
    await expect(editor.page.getByText('cannot be reached').first()).toBeVisible();
    await expect(editor.page.getByText('A secret')).toHaveCount(0);
  }
});

test('while the server is away no new document is offered, which is said, and as soon as it is back one is', async ({
  own,
  user,
}) => {
  await user.api.createDocument('Any');
  const page = await user.context.newPage();
  await page.goto('/');
  const make = page.getByRole('button', { name: 'New document' });
  await expect(make).toBeEnabled();
  await own.stop();
  // As when one comes back to the page from another.
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
  const banner = page.getByText(/^Offline: documents you have opened/);
  await expect(banner).toBeVisible();
  await expect(make).toBeDisabled();
  await page.keyboard.press('n');
  await expect(page.getByText('New documents are made when the server can be reached again.')).toBeVisible();

  await own.resume();
  await expect(banner).toHaveCount(0);
  await make.click();
  await expect(page.getByRole('textbox', { name: 'Document text' })).toBeVisible();
});

test('the page always comes from the server while there is one', async ({ laptop, user }) => {
  await user.api.createDocument('Any');
  const context = await laptop.open('user');
  const page = await context.newPage();
  await page.goto('/');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  const answers: boolean[] = [];
  context.on('response', response => {
    const { pathname } = new URL(response.url());
    // What the worker asked of the server.
    if (pathname === '/' && response.request().serviceWorker() !== null) answers.push(response.ok());
  });
  await page.reload();
  await expect.poll(() => answers.length).toBeGreaterThan(0);
  const cached = await page.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) urls.push(new URL(url).pathname);
    }
    return urls;
  });
  expect(cached.filter(path => path.startsWith('/api') || path.startsWith('/.well-known'))).toEqual([]);
});
