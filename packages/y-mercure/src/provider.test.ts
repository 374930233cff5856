import type { ErrorCode } from '@cahier/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { DOCUMENT_ID, MemoryApp } from '../test/memory-app.ts';
import type { Provider } from './document-provider.ts';
import type { ProviderOptions } from './options.ts';
import { createProvider } from './provider.ts';
import { createMemoryQueue } from './queue.ts';
import type { ProviderState } from './state.ts';

const page = new EventTarget();
const opened: Provider[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5); // The jitter of the back-off.
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
});
afterEach(async () => {
  const destroyed = Promise.all(opened.splice(0).map(provider => provider.destroy()));
  await vi.advanceTimersByTimeAsync(60_000);
  await destroyed;
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const A_WHILE_MS = 20_000;
const tick = () => vi.advanceTimersByTimeAsync(0);
const aWhile = () => vi.advanceTimersByTimeAsync(A_WHILE_MS);
const documentId = DOCUMENT_ID;

function open(app = new MemoryApp(), options: Partial<ProviderOptions> = {}) {
  const provider = createProvider({
    documentId,
    baseUrl: 'http://app.example',
    fetch: app.fetch,
    ...options,
  });
  opened.push(provider);
  const states: ProviderState[] = [];
  provider.subscribe(() => states.push(provider.state));
  const content = provider.doc.getText('content');
  return { app, documents: app.documents, provider, states, content };
}

async function openLive(...parameters: Parameters<typeof open>) {
  const opened = open(...parameters);
  await tick();
  expect(opened.provider.state).toMatchObject({ phase: 'live', stream: 'open', save: 'saved' });
  return opened;
}

/** Everything that a person who may not be here is refused. */
function refuseAll({ documents }: MemoryApp, code: ErrorCode) {
  for (const operation of ['POST subscription', 'GET updates', 'POST updates', 'POST presence']) {
    documents.refusals.set(operation, code);
  }
}

test('the document is shown only when all of it is here', async () => {
  const app = new MemoryApp();
  app.documents.write(doc => doc.getText('content').insert(0, 'hello'));
  const { provider, content, states } = open(app);
  const contentWhenLive: string[] = [];
  provider.subscribe(() => contentWhenLive.push(content.toString()));
  expect(provider.state).toEqual({ phase: 'loading' });
  await tick();
  expect(states[0]?.phase).toBe('live');
  expect(contentWhenLive[0]).toBe('hello');
});

test('the state is the same object until something in it changes', async () => {
  const { provider, states, content } = await openLive();
  const before = provider.state;
  content.insert(0, 'a');
  await provider.flush();
  const after = provider.state;
  expect(after).not.toBe(before);
  expect(after).toEqual(before);
  provider.retry();
  expect(provider.state).toBe(after);
  for (const [index, state] of states.entries()) expect(state).not.toEqual(states[index + 1]);
});

test('a load that fails is reported and repeated', async () => {
  const app = new MemoryApp();
  app.documents.refusals.set('GET updates', 'internal_error');
  const { provider } = open(app);
  await tick();
  expect(provider.state).toMatchObject({ phase: 'failed', error: { code: 'internal_error' } });
  expect(provider.state).toMatchObject({ retryAt: expect.any(Number) });
  app.documents.refusals.clear();
  await aWhile();
  expect(provider.state).toMatchObject({ phase: 'live' });
});

test('a captive portal is a failure to load, not an empty document', async () => {
  const app = new MemoryApp();
  app.network = async () => new Response('<html>Welcome to our hotel</html>');
  const { provider } = open(app);
  await tick();
  expect(provider.state).toMatchObject({ phase: 'failed', error: { code: 'unexpected_response' } });
  app.network = (_, deliver) => deliver();
  page.dispatchEvent(new Event('online'));
  await tick();
  expect(provider.state).toMatchObject({ phase: 'live', stream: 'open' });
});

test('a document that is not there is a failure without another attempt, until asked', async () => {
  const app = new MemoryApp();
  refuseAll(app, 'document_not_found');
  const { provider } = open(app);
  await aWhile();
  expect(provider.state).toMatchObject({
    phase: 'failed',
    error: { code: 'document_not_found' },
    retryAt: null,
  });
  const asked = app.documents.requests.length;
  await aWhile();
  expect(app.documents.requests).toHaveLength(asked);
  expect(app.openStreams).toBe(0);
  app.documents.refusals.clear();
  provider.retry();
  expect(provider.state).toEqual({ phase: 'loading' });
  await tick();
  expect(provider.state).toMatchObject({ phase: 'live', stream: 'open' });
});

test('without a stream the document loads and saves all the same', async () => {
  const app = new MemoryApp();
  app.network = (operation, deliver) =>
    operation === 'stream' ? Promise.resolve(new Response('', { status: 502 })) : deliver();
  const { provider, content } = open(app);
  await tick();
  expect(provider.state).toMatchObject({ phase: 'live', stream: 'connecting' });
  content.insert(0, 'a');
  await provider.flush();
  expect(app.documents.text).toBe('a');
});

test('what comes from the server is not sent back, and is marked by its origin', async () => {
  const { provider, documents } = await openLive();
  const origins: unknown[] = [];
  provider.doc.on('update', (_: Uint8Array, origin: unknown) => origins.push(origin));
  documents.write(doc => doc.getText('content').insert(0, 'a'));
  await aWhile();
  expect(origins).toEqual([provider]);
  expect(documents.asked('POST updates')).toEqual([]);
});

test('an edit made in answer to one from the server is sent', async () => {
  const { documents, content } = await openLive();
  content.observe(() => {
    if (content.toString() === 'a') content.insert(1, 'b');
  });
  documents.write(doc => doc.getText('content').insert(0, 'a'));
  await tick();
  expect(documents.text).toBe('ab');
});

test('what is written while the document loads is sent once it is here', async () => {
  const { provider, content, documents } = open();
  content.insert(0, 'early');
  expect(documents.asked('POST updates')).toHaveLength(0);
  await tick();
  expect(documents.text).toBe('early');
  expect(provider.state).toMatchObject({ save: 'saved' });
});

test('a document that already has content is sent as far as the server lacks it, and only so far', async () => {
  const app = new MemoryApp();
  app.documents.write(doc => doc.getText('content').insert(0, 'old '));
  const doc = app.documents.read();
  doc.getText('content').insert(4, 'new');
  const first = await openLive(app, { doc });
  await tick();
  expect(app.documents.text).toBe('old new');
  expect(app.documents.entries).toHaveLength(2);
  await first.provider.destroy();
  await openLive(app, { doc });
  await aWhile();
  expect(app.documents.entries).toHaveLength(2);
});

test('every reconnection catches up with what was missed', async () => {
  const { app, documents, content } = await openLive();
  app.endStreams();
  documents.write(doc => doc.getText('content').insert(0, 'missed'));
  await tick();
  expect(content.toString()).toBe('');
  await aWhile();
  expect(content.toString()).toBe('missed');
});

test('edits that are only announced are fetched', async () => {
  const { documents, content } = await openLive();
  documents.carriesUpdates = false;
  documents.write(doc => doc.getText('content').insert(0, 'large'));
  await tick();
  expect(content.toString()).toBe('large');
});

test.each(['no JSON', '{"type":"from the future"}', '{"type":"updates","updates":[]}'])(
  'an event that is not understood (%s) leads to the log',
  async data => {
    const { app, documents, content } = await openLive();
    documents.write(doc => doc.getText('content').insert(0, 'missed'), { quietly: true });
    app.send(data);
    await tick();
    expect(content.toString()).toBe('missed');
  },
);

test('a network that holds the stream back is noticed within seconds; the log is asked until it flows', async () => {
  const app = new MemoryApp();
  app.flows = false;
  const { documents, provider, content } = await openLive(app, { silenceTimeoutMs: 3_600_000 });
  await vi.advanceTimersByTimeAsync(3_500);
  expect(provider.state).toMatchObject({ phase: 'live', stream: 'polling', save: 'saved' });
  expect(app.openStreams).toBe(0);
  documents.write(doc => doc.getText('content').insert(0, 'a'));
  await vi.advanceTimersByTimeAsync(3_000);
  expect(content.toString()).toBe('a');

  // A stream that is tried meanwhile does not interrupt that, nor is it taken for good before it flows.
  const states = new Set<string>();
  provider.subscribe(() => provider.state.phase === 'live' && states.add(provider.state.stream));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(app.streamsOpened).toBeGreaterThan(1);
  expect([...states]).toEqual([]);
  const streams = app.streamsOpened;
  app.flows = true;
  await vi.advanceTimersByTimeAsync(125_000);
  expect(provider.state).toMatchObject({ stream: 'open' });
  expect(app.streamsOpened).toBe(streams + 1);
});

test('a stream that stops flowing is noticed by the first edit that does not come back', async () => {
  const { app, documents, provider, content } = await openLive();
  await aWhile();
  app.flows = false;
  content.insert(0, 'mine ');
  documents.write(doc => doc.getText('content').insert(0, 'theirs '));
  await vi.advanceTimersByTimeAsync(8_000);
  expect(provider.state).toMatchObject({ stream: 'polling' });
  expect(content.toString()).toBe(documents.text);
  expect(content.toString()).toContain('theirs');
  app.flows = true;
  page.dispatchEvent(new Event('online'));
  await tick();
  expect(provider.state).toMatchObject({ stream: 'open' });
});

test('without a stream the log is asked often while people write, and rarely otherwise', async () => {
  const app = new MemoryApp();
  app.network = (operation, deliver) =>
    operation === 'stream' ? Promise.resolve(new Response('', { status: 502 })) : deliver();
  const { documents, provider, content } = open(app);
  const readsIn = async (ms: number) => {
    const before = documents.asked('GET updates').length;
    await vi.advanceTimersByTimeAsync(ms);
    return documents.asked('GET updates').length - before;
  };
  await tick();
  expect(provider.state).toMatchObject({ phase: 'live', stream: 'connecting' });
  await vi.advanceTimersByTimeAsync(4_000);
  expect(provider.state).toMatchObject({ stream: 'polling' });
  await vi.advanceTimersByTimeAsync(120_000);
  const idle = await readsIn(60_000);
  expect(idle).toBeGreaterThanOrEqual(2);
  expect(idle).toBeLessThanOrEqual(5);
  content.insert(0, 'a');
  expect(await readsIn(6_000)).toBeGreaterThanOrEqual(2);
});

test('while the log is asked people see each other all the same', async () => {
  const app = new MemoryApp();
  app.flows = false;
  const [one, two] = [await openLive(app), await openLive(app)];
  await vi.advanceTimersByTimeAsync(20_000);
  for (const { provider } of [one, two]) expect(provider.awareness.states.size).toBe(2);
});

test('who comes back after a while is told whether others have changed the document meanwhile', async () => {
  const { app, documents, provider, content } = await openLive();
  const heard = vi.fn();
  provider.on('changedMeanwhile', heard);
  expect(provider.missed).toBeNull();
  const goAway = async (forMs: number) => {
    app.network = () => Promise.reject(new TypeError('fetch failed'));
    app.endStreams();
    await vi.advanceTimersByTimeAsync(forMs);
  };
  const comeBack = async () => {
    app.network = (_, deliver) => deliver();
    page.dispatchEvent(new Event('online'));
    await tick();
    expect(provider.state).toMatchObject({ stream: 'open', save: 'saved' });
  };
  await goAway(60_000);
  content.insert(0, 'mine');
  await comeBack();
  expect(heard).not.toHaveBeenCalled();

  await goAway(60_000);
  documents.write(doc => doc.getText('content').insert(0, 'theirs '));
  await comeBack();
  expect(heard).toHaveBeenCalledTimes(1);
  expect(heard).toHaveBeenCalledWith(provider.missed);
  documents.write(doc => doc.getText('content').insert(0, 'again '));
  await aWhile();
  expect(heard).toHaveBeenCalledTimes(1);
});

test('without a server nothing is said to arrive', async () => {
  const { app, provider } = await openLive();
  app.network = () => Promise.reject(new TypeError('fetch failed'));
  app.endStreams();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(provider.state).toMatchObject({ stream: 'connecting' });
  expect(app.openStreams).toBe(0);
});

test('a token is renewed before it expires, without losing an edit', async () => {
  const { app, documents, content, states } = await openLive(undefined, { silenceTimeoutMs: 3_600_000 });
  expect(app.streamsOpened).toBe(1);
  await vi.advanceTimersByTimeAsync(500_000);
  expect(app.streamsOpened).toBe(1);
  await vi.advanceTimersByTimeAsync(99_000);
  expect(app.streamsOpened).toBeGreaterThan(1);
  expect(app.openStreams).toBe(1);
  documents.write(doc => doc.getText('content').insert(0, 'still here'));
  await tick();
  expect(content.toString()).toBe('still here');
  for (const state of states) expect(state).toMatchObject({ phase: 'live', save: 'saved' });
});

test('a token that lasts for months is not renewed all the time', async () => {
  const app = new MemoryApp();
  app.expiresInSeconds = 90 * 24 * 3600;
  await openLive(app, { silenceTimeoutMs: 3_600_000 });
  await vi.advanceTimersByTimeAsync(600_000);
  expect(app.streamsOpened).toBe(1);
});

test('a change of access leads to a new subscription; who may stay stays', async () => {
  const { app, documents, provider } = await openLive();
  const heard = vi.fn();
  const stop = provider.on('access', heard);
  app.emit({ type: 'access' });
  await tick();
  expect(documents.asked('POST subscription')).toHaveLength(2);
  expect(provider.state).toMatchObject({ phase: 'live', stream: 'open' });
  expect(heard).toHaveBeenCalledTimes(1);
  stop();
  app.emit({ type: 'access' });
  await tick();
  expect(heard).toHaveBeenCalledTimes(1);
});

test.each([
  ['document_not_found', 'access_withdrawn'],
  ['document_in_trash', 'trashed'],
  ['unauthenticated', 'logged_out'],
] as const)(
  '%s ends it: %s; what is unsent is kept, and nothing is sent or received any more',
  async (code, reason) => {
    const { app, documents, provider, content } = await openLive();
    refuseAll(app, code);
    content.insert(0, 'mine');
    await tick();
    expect(provider.state).toMatchObject({ phase: 'ended', reason, error: { code }, unsent: 1 });
    expect(app.openStreams).toBe(0);
    const asked = documents.requests.length;
    content.insert(0, 'still ');
    page.dispatchEvent(new Event('online'));
    await aWhile();
    expect(documents.requests).toHaveLength(asked);
    expect(provider.state).toMatchObject({ unsent: 2 });
    const kept = new Y.Doc();
    Y.applyUpdate(kept, provider.unsent ?? Uint8Array.of());
    expect(kept.getText('content').toString()).toBe('still mine');
    await expect(provider.flush()).rejects.toThrow();
  },
);

test('after logging in again it goes on where it was', async () => {
  const { app, documents, provider, content } = await openLive();
  refuseAll(app, 'unauthenticated');
  content.insert(0, 'mine');
  await tick();
  documents.refusals.clear();
  documents.write(doc => doc.getText('content').insert(0, 'theirs '));
  provider.retry();
  await tick();
  expect(provider.state).toMatchObject({ phase: 'live', save: 'saved', stream: 'open' });
  expect(documents.read().getText('content').length).toBe(11);
  expect(content.toString()).toBe(documents.text);
});

test('losing the right to write ends it as read only', async () => {
  const { documents, provider, content } = await openLive();
  documents.refusals.set('POST updates', 'forbidden');
  content.insert(0, 'mine');
  await tick();
  expect(provider.state).toMatchObject({ phase: 'ended', reason: 'read_only', unsent: 1 });
});

test('a reader sees everything and sends nothing, not even what was left in the queue', async () => {
  const queue = createMemoryQueue();
  await queue.append({ batch: crypto.randomUUID(), update: Y.encodeStateAsUpdate(new Y.Doc()) });
  const { documents, content, provider } = await openLive(undefined, { readOnly: true, queue });
  content.insert(0, 'scribble');
  documents.write(doc => doc.getText('content').insert(0, 'text'));
  await aWhile();
  expect(content.toString()).toHaveLength('scribbletext'.length);
  expect(documents.asked('POST updates')).toEqual([]);
  expect(provider.state).toMatchObject({ save: 'saved', unsent: 0 });
});

test('while the network is away edits are kept and counted, and saved when it comes back', async () => {
  const { app, documents, provider, content } = await openLive();
  app.network = () => Promise.reject(new TypeError('fetch failed'));
  app.endStreams();
  content.insert(0, 'a');
  await tick();
  content.insert(1, 'b');
  await aWhile();
  expect(provider.state).toMatchObject({
    phase: 'live',
    save: 'offline',
    unsent: 2,
    stream: 'connecting',
    problem: { code: 'unreachable' },
  });
  app.network = (_, deliver) => deliver();
  page.dispatchEvent(new Event('online'));
  await tick();
  expect(provider.state).toMatchObject({ save: 'saved', unsent: 0, stream: 'open', problem: null });
  expect(documents.text).toBe('ab');
});

test('an answer that never comes is given up, and the batch sent again', async () => {
  const { app, documents, provider, content } = await openLive();
  let lost = 0;
  app.network = async (operation, deliver) => {
    if (operation !== 'POST updates' || lost++ > 0) return deliver();
    return new Promise(() => {});
  };
  content.insert(0, 'a');
  await vi.advanceTimersByTimeAsync(29_000);
  expect(provider.state).toMatchObject({ save: 'saving' });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(provider.state).toMatchObject({ save: 'saved' });
  expect(documents.entries).toHaveLength(1);
});

test('edits left behind are shown and sent under their own ids', async () => {
  const app = new MemoryApp();
  const queue = createMemoryQueue();
  app.network = async (operation, deliver) => {
    const answer = await deliver();
    if (operation === 'POST updates') throw new TypeError('the answer was lost');
    return answer;
  };
  app.hub = () => {};
  const first = await openLive(app, { queue });
  first.content.insert(0, 'stored, ');
  await tick();
  first.content.insert(8, 'not stored');
  await first.provider.destroy();

  app.network = (_, deliver) => deliver();
  const second = await openLive(app, { queue });
  expect(second.content.toString()).toBe('stored, not stored');
  await second.provider.flush();
  expect(app.documents.text).toBe('stored, not stored');
  expect(app.documents.entries).toHaveLength(2);
  expect(await queue.adopt()).toEqual([]);
});

test('a queue that gives back rubbish, or nothing, does not keep the document from loading', async () => {
  const queue = createMemoryQueue();
  await queue.append({ batch: crypto.randomUUID(), update: Uint8Array.of(9, 9, 9) });
  await openLive(undefined, { queue });
  await openLive(undefined, { queue: { ...queue, adopt: () => Promise.reject(new Error('broken')) } });
});

test('an edit that the server refuses is set aside: it does not block the document for ever', async () => {
  const app = new MemoryApp();
  const queue = createMemoryQueue();
  const first = await openLive(app, { queue });
  app.documents.refusals.set('POST updates', 'update_too_large');
  first.content.insert(0, 'far too much');
  await tick();
  expect(first.provider.state).toMatchObject({ phase: 'ended', reason: 'refused', unsent: 1 });
  await first.provider.destroy();
  app.documents.refusals.clear();
  const { content } = await openLive(app, { queue });
  expect(content.toString()).toBe('');
});

test('a server that has lost the end of its log gets it back', async () => {
  const { app, documents, content, provider } = await openLive();
  content.insert(0, 'one ');
  await provider.flush();
  content.insert(4, 'two');
  await provider.flush();
  documents.entries.splice(1);
  app.endStreams();
  await aWhile();
  expect(documents.text).toBe('one two');
});

test('an edit that builds on what the server has lost is healed', async () => {
  const { documents, content, provider } = await openLive();
  content.insert(0, 'one ');
  await provider.flush();
  documents.entries = [];
  content.insert(4, 'two');
  await provider.flush();
  expect(documents.text).toBe('one two');
  expect(provider.state).toMatchObject({ save: 'saved' });
});

test('a page that goes away sends what is unsent, and says goodbye', async () => {
  const { app, documents, content, provider } = await openLive();
  let requests = 0;
  app.network = async (operation, deliver) =>
    operation === 'POST updates' && ++requests === 1 ? new Promise(() => {}) : deliver();
  content.insert(0, 'in flight');
  await tick();
  expect(documents.text).toBe('');
  page.dispatchEvent(new Event('pagehide'));
  await tick();
  expect(documents.text).toBe('in flight');
  expect(documents.presences.size).toBe(0);
  expect(provider.state).toMatchObject({ save: 'saved' });
});

test('a page that comes back from the back/forward cache is here again', async () => {
  const { app, documents } = await openLive();
  page.dispatchEvent(new Event('pagehide'));
  await tick();
  expect(documents.presences.size).toBe(0);
  page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  await aWhile();
  expect(documents.presences.size).toBe(1);
  expect(app.openStreams).toBe(1);
});

test('destroyed, it leaves nothing behind', async () => {
  const { app, documents, provider, content } = await openLive();
  await provider.destroy();
  await provider.destroy();
  content.insert(0, 'after');
  page.dispatchEvent(new Event('online'));
  provider.retry();
  await tick();
  expect(vi.getTimerCount()).toBe(0);
  expect(app.openStreams).toBe(0);
  expect(documents.text).toBe('');
  expect(documents.presences.size).toBe(0);
  expect(provider.state).toMatchObject({ phase: 'ended', reason: 'closed', error: null, unsent: 0 });
});

test('destroyed before it has loaded, it stops loading', async () => {
  const { provider, app } = open();
  const destroyed = provider.destroy();
  await tick();
  await destroyed;
  expect(app.documents.requests).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('presence can be left out', async () => {
  const { documents, provider } = await openLive(undefined, { presence: false });
  provider.awareness.setLocalStateField('cursor', null);
  await aWhile();
  expect(documents.asked('POST presence')).toEqual([]);
});

test('outside browsers it has to be told where the application is', () => {
  expect(() => createProvider({ documentId })).toThrow(TypeError);
});
