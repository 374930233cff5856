import type { DocumentEvent } from '@cahier/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { DOCUMENT_ID, MemoryApp } from '../test/memory-app.ts';
import { createSharedStreams, type SharedStreams } from './shared-streams.ts';

const OTHER_ID = '33333333-3333-4333-8333-333333333333';

/** A person's browser: tabs in it share what browsers let them share. */
function browser(app = new MemoryApp(), userId: string = crypto.randomUUID()) {
  const openTab = () => {
    const tab = createSharedStreams({
      userId,
      baseUrl: 'http://app.example',
      fetch: app.fetch,
      backoff: { minDelayMs: 1, maxDelayMs: 5 },
    });
    onTestFinished(() => tab.close());
    return tab;
  };
  return { app, userId, openTab };
}

function listen(tab: SharedStreams, documentId = DOCUMENT_ID) {
  const seen = {
    events: [] as DocumentEvent[],
    connections: [] as string[],
    interruptions: 0,
    unknown: 0,
    ends: [] as string[],
  };
  const membership = tab.listen(documentId, {
    onOpen: connection => seen.connections.push(connection),
    onInterruption: () => {
      seen.interruptions += 1;
    },
    onEvent: event => seen.events.push(event),
    onUnknownEvent: () => {
      seen.unknown += 1;
    },
    onEnd: reason => seen.ends.push(reason),
  });
  const open = (times = 1) =>
    vi.waitFor(() => expect(seen.connections.length).toBeGreaterThanOrEqual(times), { timeout: 10_000 });
  return { seen, membership, open };
}

const titles = ({ events }: { events: DocumentEvent[] }) =>
  events.flatMap(event => (event.type === 'renamed' ? [event.title] : []));
const rename = (app: MemoryApp, title: string, documentId = DOCUMENT_ID) =>
  app.send(JSON.stringify({ type: 'renamed', documentId, title }));
const arrive = (listeners: ReturnType<typeof listen>[], ...expected: string[]) =>
  vi.waitFor(() => {
    for (const { seen } of listeners) expect(titles(seen)).toEqual(expected);
  });

test('any number of tabs and documents share one connection, and hear what is theirs', async () => {
  const { app, openTab } = browser();
  const listeners = Array.from({ length: 10 }, (_, index) =>
    listen(openTab(), index % 2 === 0 ? DOCUMENT_ID : OTHER_ID),
  );
  await Promise.all(listeners.map(({ open }) => open()));
  await vi.waitFor(() => expect(new Set(listeners.map(({ seen }) => seen.connections.at(-1))).size).toBe(1));
  expect(app.openStreams).toBe(1);
  rename(app, 'one');
  rename(app, 'two', OTHER_ID);
  await arrive(
    listeners.filter((_, index) => index % 2 === 0),
    'one',
  );
  await arrive(
    listeners.filter((_, index) => index % 2 === 1),
    'two',
  );
  app.send('no JSON');
  await vi.waitFor(() => {
    for (const { seen } of listeners) expect(seen.unknown).toBe(1);
  });
});

test('when the tab that holds the connection closes, another takes over, and everybody reads the log', async () => {
  const { app, openTab } = browser();
  const tabs = [openTab(), openTab(), openTab()];
  const listeners = tabs.map(tab => listen(tab));
  for (const [index, tab] of tabs.entries()) {
    const staying = listeners.slice(index);
    await Promise.all(staying.map(({ open }) => open(index + 1)));
    await vi.waitFor(() => expect(app.openStreams).toBe(1));
    rename(app, `title ${index}`);
    const heard = Array.from({ length: index + 1 }, (_, at) => `title ${at}`);
    await arrive(staying, ...heard);
    tab.close();
  }
  await vi.waitFor(() => expect(app.openStreams).toBe(0));
});

test('a document more reopens the connection once; a document less does not', async () => {
  const { app, openTab } = browser();
  const first = listen(openTab());
  await first.open();
  const more = listen(openTab(), OTHER_ID);
  await more.open();
  await first.open(2);
  expect(app.streamsOpened).toBe(2);
  const same = listen(openTab(), OTHER_ID);
  await same.open();
  more.membership.close();
  same.membership.close();
  rename(app, 'still here');
  await arrive([first], 'still here');
  expect(app.streamsOpened).toBe(2);
});

test('a tab whose leader does not answer takes over', async () => {
  const { app, userId, openTab } = browser();
  const { promise: asleep, resolve: wake } = Promise.withResolvers<void>();
  const held = navigator.locks.request(`y-mercure:streams:${userId}:leader`, () => asleep);
  const robbed = expect(held).rejects.toThrow();
  const { open, seen } = listen(openTab());
  await open();
  await robbed;
  expect(seen.connections).toHaveLength(1);
  expect(app.openStreams).toBe(1);
  wake();
});

test('after a tab went away without a word, those who stay are here under another connection', async () => {
  const { openTab, userId } = browser();
  const staying = listen(openTab());
  await staying.open();
  const name = `y-mercure:streams:${userId}`;
  const killed = Promise.withResolvers<void>();
  const tab = crypto.randomUUID();
  const alive = navigator.locks.request(`${name}:tab:${tab}`, () => killed.promise);
  const channel = new BroadcastChannel(name);
  onTestFinished(() => channel.close());
  const answered = new Promise(resolve => {
    channel.onmessage = resolve;
  });
  channel.postMessage({ kind: 'here', tab, term: 0, documents: [DOCUMENT_ID] });
  await answered;
  killed.resolve();
  await alive;
  await staying.open(2);
  expect(new Set(staying.seen.connections).size).toBe(2);
});

test('people who use the same browser one after the other share nothing', async () => {
  const app = new MemoryApp();
  const [one, other] = [browser(app), browser(app)];
  const listeners = [listen(one.openTab()), listen(other.openTab())];
  await Promise.all(listeners.map(({ open }) => open()));
  expect(app.openStreams).toBe(2);
});

test('what may not be listened to any more is told in the tab that has it open', async () => {
  const { app, openTab } = browser();
  const [leader, follower] = [listen(openTab()), listen(openTab(), OTHER_ID)];
  await Promise.all([leader.open(), follower.open()]);
  app.refused = [{ documentId: OTHER_ID, code: 'document_not_found' }];
  app.send(JSON.stringify({ type: 'access', documentId: OTHER_ID }));
  await vi.waitFor(() => expect(follower.seen.ends).toEqual(['access_withdrawn']));
  expect(leader.seen.ends).toEqual([]);
  app.documents.refusals.set('POST subscription', 'unauthenticated');
  app.endStreams();
  await vi.waitFor(() => expect(leader.seen.ends).toEqual(['logged_out']));
  await vi.waitFor(() => expect(follower.seen.ends).toContain('logged_out'));
});

test('where there are no locks each tab has a connection of its own, while somebody sees it', async () => {
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('document', page);
  onTestFinished(() => void vi.unstubAllGlobals());
  const { app, openTab } = browser();
  const { open, seen } = listen(openTab());
  await open();
  page.visibilityState = 'hidden';
  page.dispatchEvent(new Event('visibilitychange'));
  expect(seen.interruptions).toBe(1);
  await vi.waitFor(() => expect(app.openStreams).toBe(0));
  page.visibilityState = 'visible';
  page.dispatchEvent(new Event('visibilitychange'));
  await open(2);
});
