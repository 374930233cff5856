import 'fake-indexeddb/auto';
import { expect, test } from 'vitest';
import { createIndexedDbQueue, forgetCopies, type ProviderOptions, unsentEdits } from '../src/index.ts';
import { shown, startBrowser, textOf, visit, write, writeAway } from './browser.ts';
import { live, until, untilDoc } from './until.ts';

test('a document that was open before opens without the server, is edited, closed, and merges days later', async () => {
  const { server, userId, network, open } = await startBrowser();
  write(server, 'seen');
  await visit({ open });

  network.isAway = true;
  const offline = open();
  await shown(offline);
  expect(textOf(offline).toString()).toBe('seen');
  textOf(offline).insert(4, ' on the train');
  await until(offline, state => state.phase === 'live' && state.save === 'offline' && state.kept);
  await offline.destroy();
  expect(await unsentEdits(userId)).toEqual(new Map([[server.documentId, 1]]));

  const again = open();
  await shown(again);
  expect(textOf(again).toString()).toBe('seen on the train');
  await again.destroy();

  write(server, 'changed, ');
  network.isAway = false;
  const back = open();
  await live(back);
  await back.flush();
  expect(textOf(back).toString()).toBe('changed, seen on the train');
  expect(server.documents.text).toBe('changed, seen on the train');
  expect(await unsentEdits(userId)).toEqual(new Map());
});

test('what waits is shown to who opens the document, also while somebody tries to send it unseen; it is stored once', async () => {
  const { server, userId, network, open } = await startBrowser();
  write(server, 'seen');
  await visit({ open });
  await writeAway({ open, network }, ' and written');

  const { documentId } = server;
  const queue = createIndexedDbQueue({ userId, documentId, yields: true });
  const sender = open({ queue, presence: false });
  await until(sender, state => state.phase === 'live' && state.unsent === 1);
  const page = open();
  await shown(page);
  expect(textOf(page).toString()).toBe('seen and written');
  expect(page.state).toMatchObject({ unsent: 1 });

  network.isAway = false;
  await Promise.all([sender.flush(), page.flush()]);
  expect(server.documents.entries).toHaveLength(2);
  expect(server.documents.text).toBe('seen and written');
  expect(await unsentEdits(userId)).toEqual(new Map());
});

test('an editor who has become a reader meanwhile is shown what could not be saved, also without the server, until they let go of it', async () => {
  const { server, userId, network, open } = await startBrowser();
  write(server, 'seen');
  await visit({ open });
  await writeAway({ open, network }, ' and written');

  server.documents.refusals.set('POST updates', 'forbidden');
  network.isAway = false;
  const back = open();
  await until(back, ({ phase }) => phase === 'ended');
  expect(back.state).toMatchObject({ reason: 'read_only', unsent: 1 });
  expect(textOf(back).toString()).toBe('seen and written');
  await back.destroy();

  network.isAway = true;
  const again = open();
  await shown(again);
  expect(textOf(again).toString()).toBe('seen and written');
  network.isAway = false;
  again.retry();
  await until(again, ({ phase }) => phase === 'ended');
  await again.discard();
  expect(again.state).toMatchObject({ unsent: 0 });
  await again.destroy();
  expect(await unsentEdits(userId)).toEqual(new Map());
  const last = open();
  await live(last);
  expect(textOf(last).toString()).toBe('seen');
  expect(last.state).toMatchObject({ save: 'saved' });
});

test('with a copy only what is new is read, and it is there before the document is shown', async () => {
  const { server, open } = await startBrowser();
  write(server, 'old');
  await visit({ open });
  write(server, 'new, ');
  const requests: string[] = [];
  const second = open({
    fetch: (input, init) => {
      requests.push(String(input));
      return fetch(input, init);
    },
  });
  await shown(second);
  expect(textOf(second).toString()).toBe('new, old');
  expect(requests.filter(url => url.includes('after='))[0]).toContain('after=1');
});

test('while the server takes its time the copy is shown', async () => {
  const { server, open } = await startBrowser();
  write(server, 'old');
  await visit({ open });
  const slow = Promise.withResolvers<void>();
  const second = open({
    fetch: async (input, init) => {
      if (String(input).includes('/updates')) await slow.promise;
      return fetch(input, init);
    },
  });
  write(server, 'new, ');
  await shown(second);
  expect(textOf(second).toString()).toBe('old');
  slow.resolve();
  await untilDoc(second, () => textOf(second).toString() === 'new, old');
});

test('nothing is kept for another person, for one who has lost the document, or when nobody is logged in', async () => {
  const { server, network, open } = await startBrowser();
  write(server, 'a secret');
  const visitOnline = () => {
    network.isAway = false;
    return visit({ open });
  };
  const isThere = async (options?: Partial<ProviderOptions>) => {
    network.isAway = true;
    const provider = open(options);
    const { phase } = await until(provider, state => state.phase !== 'loading');
    await provider.destroy();
    return phase === 'live';
  };
  await visitOnline();
  expect(await isThere()).toBe(true);
  expect(await isThere({ userId: crypto.randomUUID() })).toBe(false);
  await forgetCopies();
  expect(await isThere()).toBe(false);

  await visitOnline();
  network.isAway = false;
  const removed = open();
  await live(removed);
  for (const operation of ['POST subscription', 'GET updates', 'POST updates']) {
    server.documents.refusals.set(operation, 'document_not_found');
  }
  await server.withdraw();
  await until(removed, state => state.phase === 'ended');
  await removed.destroy();
  expect(await isThere()).toBe(false);
});

const LOST = ['POST subscription', 'GET updates', 'POST updates'] as const;

/** Somebody writes without the server, closes the browser, and meanwhile loses the document. */
async function startLost(code: 'document_not_found' | 'document_in_trash') {
  const person = await startBrowser();
  const { server, network, open } = person;
  write(server, 'seen');
  await visit({ open });
  await writeAway({ open, network }, ' and written');
  for (const operation of LOST) server.documents.refusals.set(operation, code);
  network.isAway = false;
  return {
    ...person,
    openLost: async (options?: Partial<ProviderOptions>) => {
      const provider = open(options);
      await until(provider, ({ phase }) => phase === 'ended' || phase === 'failed');
      return provider;
    },
    regain: () => {
      for (const operation of LOST) server.documents.refusals.delete(operation);
    },
  };
}

test.each([
  ['document_not_found', 'access_withdrawn'],
  ['document_in_trash', 'trashed'],
] as const)(
  'edits made without the server in a document that is lost meanwhile (%s) are shown again and again, and sent when it is regained',
  async (code, reason) => {
    const { server, userId, openLost, regain } = await startLost(code);
    const { documentId } = server;
    // First whoever sends what waits tries it, without showing the document to anybody.
    const queue = createIndexedDbQueue({ userId, documentId, yields: true });
    await (await openLost({ queue, presence: false })).destroy();
    for (let times = 0; times < 2; times++) {
      const provider = await openLost();
      expect(provider.state).toMatchObject({ phase: 'ended', reason, unsent: 1, kept: true, whole: true });
      expect(textOf(provider).toString()).toBe('seen and written');
      await provider.destroy();
    }
    const provider = await openLost();
    regain();
    write(server, 'by others, ');
    provider.retry();
    await provider.flush();
    expect(server.documents.text).toBe('by others, seen and written');
    expect(await unsentEdits(userId)).toEqual(new Map());
  },
);

test('who lets go of the edits in a lost document keeps nothing of it', async () => {
  const { userId, network, openLost } = await startLost('document_not_found');
  const provider = await openLost();
  await provider.discard();
  expect(provider.state).toMatchObject({ phase: 'ended', unsent: 0 });
  await provider.destroy();
  expect(await unsentEdits(userId)).toEqual(new Map());
  expect((await openLost()).state).toMatchObject({ phase: 'failed', retryAt: null });
  network.isAway = true;
  const offline = await openLost();
  expect(textOf(offline).toString()).toBe('');
});

test('without the copy the edits in a lost document are still there, though the document is not', async () => {
  const { openLost } = await startLost('document_not_found');
  await forgetCopies();
  const provider = await openLost();
  expect(provider.state).toMatchObject({ phase: 'ended', unsent: 1, whole: false });
  expect(provider.unsent).not.toBeNull();
});

test('an edit that the server refuses while nobody looks is there for who opens the document', async () => {
  const { server, userId, openLost, regain } = await startLost('document_not_found');
  regain();
  server.documents.refusals.set('POST updates', 'update_foreign');
  const { documentId } = server;
  const queue = createIndexedDbQueue({ userId, documentId, yields: true });
  const sender = await openLost({ queue, presence: false });
  expect(sender.state).toMatchObject({ phase: 'ended', reason: 'refused' });
  await sender.destroy();
  const provider = await openLost();
  expect(provider.state).toMatchObject({ phase: 'ended', reason: 'refused', unsent: 1, kept: false });
  expect(textOf(provider).toString()).toBe('seen and written');
});
