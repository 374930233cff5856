import 'fake-indexeddb/auto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import {
  type Absence,
  createIndexedDbAbsences,
  createMemoryQueue,
  forgetCopies,
  noteUnsentAsOwn,
  type Provider,
  type ProviderOptions,
} from '../src/index.ts';
import { startBrowser, textOf, write } from './browser.ts';
import { live, until, untilDoc } from './until.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const sleepMs = (ms: number) => vi.setSystemTime(Date.now() + ms);
const AN_HOUR_MS = 3_600_000;

/** A person's browser that remembers what was seen; `program` opens the document without showing it to anybody. */
async function start() {
  const { server, userId, network, open: program } = await startBrowser();
  const { documentId } = server;
  return {
    server,
    network,
    program,
    note: () => noteUnsentAsOwn({ userId, documentId }),
    open: (options: Partial<ProviderOptions> = {}) =>
      program({ absences: createIndexedDbAbsences({ userId, documentId }), ...options }),
    write: (text: string) => write(server, text),
  };
}

/** What of a document's text somebody who was absent had neither seen nor written. */
function newsIn(provider: Provider, { seen, own }: Absence): string {
  const known = new Map(seen.sv);
  for (const update of own) {
    for (const [client, clock] of Y.parseUpdateMeta(update).to) known.set(client, clock);
  }
  let news = '';
  for (let item = textOf(provider)._start; item !== null; item = item.right) {
    if (item.deleted || !(item.content instanceof Y.ContentString)) continue;
    news += item.content.str.slice(Math.max(0, (known.get(item.id.client) ?? 0) - item.id.clock));
  }
  return news;
}

const missedBy = (provider: Provider) =>
  new Promise<Absence>(resolve => {
    if (provider.missed !== null) resolve(provider.missed);
    else provider.on('changedMeanwhile', resolve);
  });

test('who closed the document and opens it again learns what others wrote, and no more', async () => {
  const { open, write } = await start();
  write('seen ');
  const first = open();
  await live(first);
  textOf(first).insert(0, 'mine ');
  await first.flush();
  await first.destroy();

  sleepMs(AN_HOUR_MS);
  write('theirs ');
  const again = open();
  const absence = await missedBy(again);
  expect(newsIn(again, absence)).toBe('theirs ');
  expect(absence.own).toEqual([]);
  await again.destroy();

  sleepMs(AN_HOUR_MS);
  const third = open();
  await live(third);
  await untilDoc(third, () => textOf(third).toString() === 'theirs mine seen ');
  await third.destroy();
  expect(third.missed).toBeNull();
});

test('what was written offline, closed and sent by somebody else in the same name is still one’s own', async () => {
  const { open, program, network, write } = await start();
  write('seen ');
  const first = open();
  await live(first);
  await first.destroy();

  network.isAway = true;
  sleepMs(AN_HOUR_MS);
  for (const word of ['one ', 'two ']) {
    const offline = open();
    await until(offline, ({ phase }) => phase === 'live');
    textOf(offline).insert(0, word);
    await until(offline, state => state.phase === 'live' && state.save === 'offline' && state.kept);
    await offline.destroy();
  }
  write('theirs ');
  network.isAway = false;
  // As the application does when it is opened: the document itself is not shown to anybody.
  const sender = program({ presence: false });
  await live(sender);
  await sender.flush();
  await sender.destroy();

  const back = open();
  const absence = await missedBy(back);
  expect(newsIn(back, absence)).toBe('theirs ');
  expect(absence.own.length).toBeGreaterThan(0);
});

test('what was written in the moment before a browser was killed is one’s own, too', async () => {
  const { open, program, note, network, write } = await start();
  write('seen ');
  const first = open();
  await live(first);
  await first.destroy();

  network.isAway = true;
  sleepMs(AN_HOUR_MS);
  // It had no time to keep more than the edit itself.
  const killed = program();
  await until(killed, ({ phase }) => phase === 'live');
  textOf(killed).insert(0, 'last words ');
  await until(killed, state => state.phase === 'live' && state.save === 'offline' && state.kept);
  await killed.destroy();
  write('theirs ');
  network.isAway = false;
  await note();
  const sender = program({ presence: false });
  await live(sender);
  await sender.flush();
  await sender.destroy();

  const back = open();
  expect(newsIn(back, await missedBy(back))).toBe('theirs ');
});

test('what was sent while the page went away, and kept in part only, is seen, and one’s own', async () => {
  const { server, open, write } = await start();
  write('seen ');
  const first = open();
  await live(first);
  await first.destroy();

  sleepMs(AN_HOUR_MS);
  const page = server.documents.read();
  const edits: Uint8Array[] = [];
  page.on('update', update => edits.push(update));
  for (const word of ['sent ', 'kept ']) page.getText('content').insert(0, word);
  const batch = crypto.randomUUID();
  const update = Buffer.from(Y.mergeUpdates(edits)).toString('base64');
  await fetch(`${server.url}/api/documents/${server.documentId}/updates`, {
    method: 'POST',
    body: JSON.stringify({ batch, update }),
  });
  write('theirs ');

  const queue = createMemoryQueue();
  await queue.append({ batch, update: edits[0] as Uint8Array });
  const back = open({ queue });
  expect(newsIn(back, await missedBy(back))).toBe('theirs ');
  expect(textOf(back).toString()).toBe('theirs kept sent seen ');
});

test('who was away for a moment only is left alone', async () => {
  const { open, write } = await start();
  write('seen ');
  const first = open();
  await live(first);
  await first.destroy();
  sleepMs(3_000);
  write('theirs ');
  const again = open();
  await live(again);
  await untilDoc(again, () => textOf(again).toString() === 'theirs seen ');
  await again.destroy();
  expect(again.missed).toBeNull();
});

test('whoever logs out leaves nothing of what they have seen behind', async () => {
  const { open, write } = await start();
  write('seen ');
  const first = open();
  await live(first);
  await first.destroy();
  await forgetCopies();
  sleepMs(AN_HOUR_MS);
  write('theirs ');
  const again = open();
  await live(again);
  await untilDoc(again, () => textOf(again).toString() === 'theirs seen ');
  expect(again.missed).toBeNull();
});
