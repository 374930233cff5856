import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeHub } from '../test/fake-hub.ts';
import { MercureError } from './errors.ts';
import type { MercureEvent, OpenInfo } from './event-stream.ts';
import { type SubscribeOptions, type SubscriptionState, subscribe } from './subscribe.ts';
import type { Target } from './target.ts';

const HUB = 'https://hub.example/.well-known/mercure';
const TARGET = { hub: HUB, topics: ['https://app.example/books/1'], token: 'secret' };
/** Longer than the first back-offs, shorter than the timeouts. */
const A_WHILE_MS = 20_000;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5); // The jitter of the back-off.
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

function start(target: Parameters<typeof subscribe>[0] = TARGET, options: Partial<SubscribeOptions> = {}) {
  const hub = new FakeHub();
  const events: MercureEvent[] = [];
  const opened: OpenInfo[] = [];
  const states: SubscriptionState[] = [];
  const errors: unknown[] = [];
  const subscription = subscribe(target, {
    fetch: hub.fetch,
    onEvent: event => events.push(event),
    onOpen: info => opened.push(info),
    onStateChange: state => states.push(state),
    onError: error => errors.push(error),
    ...options,
  });
  return { hub, events, opened, states, errors, subscription };
}

/** As in a browser: the page as an event target, whose document is visible. */
function stubPage(): EventTarget {
  const page = new EventTarget();
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
  vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
  vi.stubGlobal('document', Object.assign(page, { visibilityState: 'visible' }));
  return page;
}

const settle = () => vi.advanceTimersByTimeAsync(0);
const whileLater = () => vi.advanceTimersByTimeAsync(A_WHILE_MS);

test('asks for topics, with the token, and not for a cached answer', async () => {
  const { hub } = start({
    hub: HUB,
    topics: ['a', 'b/{id}'],
    match: ['c'],
    matchUrlPattern: ['d/:id'],
    token: 't',
  });
  const { request } = hub.last;
  expect([...new URL(request.url).searchParams]).toEqual([
    ['topic', 'a'],
    ['topic', 'b/{id}'],
    ['match', 'c'],
    ['match_urlpattern', 'd/:id'],
  ]);
  expect(Object.fromEntries(request.headers)).toEqual({
    accept: 'text/event-stream',
    authorization: 'Bearer t',
  });
  expect(request.cache).toBe('no-store');
});

test('a target without topics is refused at once', () => {
  expect(() => subscribe({ hub: HUB }, { onEvent: () => {} })).toThrow(TypeError);
  expect(() => subscribe({ hub: `${HUB}?a=b`, topics: [] }, { onEvent: () => {} })).toThrow(TypeError);
});

test('delivers events however they are cut into chunks', async () => {
  const { hub, events, subscription } = start();
  hub.last.open();
  await settle();
  expect(subscription.state).toEqual({ status: 'open' });
  const bytes = new TextEncoder().encode(
    'id: 1\nevent: greeting\ndata: Grüß 👋\ndata: Gott\n\nid: 2\ndata: x\n\n',
  );
  for (const byte of bytes) hub.last.send(Uint8Array.of(byte));
  await settle();
  expect(events).toEqual([
    { id: '1', type: 'greeting', data: 'Grüß 👋\nGott' },
    { id: '2', type: 'message', data: 'x' },
  ]);
});

test('an event without an id carries the last one, and a cut event is not delivered', async () => {
  const { hub, events } = start();
  hub.last.open();
  hub.last.send('id: 1\ndata: a\n\ndata: b\n\ndata: incompl');
  hub.last.end();
  await settle();
  expect(events.map(({ id, data }) => [id, data])).toEqual([
    ['1', 'a'],
    ['1', 'b'],
  ]);
});

test('after an interruption it resumes from the last event', async () => {
  const { hub, states, errors } = start();
  hub.last.open();
  hub.last.send('id: urn:é\ndata: a\n\n');
  await settle();
  hub.last.end();
  await whileLater();
  expect(errors).toMatchObject([{ code: 'ended' }]);
  expect(states.map(({ status }) => status)).toEqual(['open', 'waiting', 'connecting']);
  // Field values are bytes: the id travels as UTF-8.
  expect(hub.last.request.headers.get('last-event-id')).toBe('urn:Ã©');
});

test.each([
  ['confirms it in the 1.0 field', { 'mercure-last-event-id': '7' }, false],
  ['confirms it in the 0.x field', { 'last-event-id': '7' }, false],
  ['resumed elsewhere', { 'mercure-last-event-id': 'earliest' }, true],
  ['does not say', {}, true],
])('history counts as lost unless the hub confirms where it resumed: it %s', async (_, headers, lost) => {
  const { hub, opened } = start(TARGET, { lastEventId: '7' });
  expect(hub.last.request.headers.get('last-event-id')).toBe('7');
  hub.last.open(headers as Record<string, string>);
  await settle();
  expect(opened).toMatchObject([{ historyLost: lost }]);
});

test('nothing can be lost where nothing was asked for', async () => {
  const { hub, opened } = start();
  hub.last.open({ 'mercure-last-event-id': 'x' });
  await settle();
  expect(opened).toEqual([{ lastEventId: 'x', historyLost: false }]);
});

test('after a stream without an id nobody can say that nothing was lost', async () => {
  const { hub, opened } = start();
  hub.last.open();
  await settle();
  hub.last.end();
  await whileLater();
  hub.last.open();
  hub.last.send('id: 1\n\n');
  await settle();
  hub.last.end();
  await whileLater();
  hub.last.open({ 'mercure-last-event-id': '1' });
  await settle();
  expect(opened.map(({ historyLost }) => historyLost)).toEqual([false, true, false]);
});

test('waits longer after every failure, with jitter, within bounds', async () => {
  const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
  const { hub, states } = start(TARGET, { backoff: { minDelayMs: 100, maxDelayMs: 1000 } });
  const delays: number[] = [];
  for (let attempt = 1; attempt <= 6; attempt++) {
    hub.last.refuse(502);
    await settle();
    const state = states.at(-1);
    if (state?.status !== 'waiting') throw new Error(`It is ${state?.status}`);
    expect(state.attempt).toBe(attempt);
    delays.push(state.retryAt - Date.now());
    await vi.advanceTimersByTimeAsync(state.retryAt - Date.now());
  }
  expect(delays).toEqual([50, 100, 200, 400, 500, 500]);
  expect(random).toHaveBeenCalledTimes(6);
});

test('a stream that delivered something starts the count anew; one that broke at once does not', async () => {
  const { hub, states } = start();
  const attempts = () => states.flatMap(state => (state.status === 'waiting' ? [state.attempt] : []));
  for (const delivers of [false, false, true, false]) {
    hub.last.open();
    if (delivers) hub.last.send('data: x\n\n');
    await settle();
    hub.last.end();
    await whileLater();
  }
  expect(attempts()).toEqual([1, 2, 1, 2]);
});

test.each([400, 401, 403, 404])('status %i ends a subscription with a fixed token', async status => {
  const { hub, subscription, errors } = start();
  hub.last.refuse(status, 'Your token has expired');
  await whileLater();
  expect(hub.connections).toHaveLength(1);
  const { state } = subscription;
  expect(state).toMatchObject({ status: 'closed', error: { status, explanation: 'Your token has expired' } });
  expect(errors).toHaveLength(1);
});

test('a function is asked for a new token before every connection, also after a refusal', async () => {
  let count = 0;
  const { hub } = start(async () => ({ ...TARGET, token: `token${++count}` }));
  await settle();
  hub.last.refuse(401);
  await whileLater();
  expect(hub.connections.map(({ request }) => request.headers.get('authorization'))).toEqual([
    'Bearer token1',
    'Bearer token2',
  ]);
});

test('a function that rejects is asked again later, not before the time its error names', async () => {
  const target = vi
    .fn<() => Promise<Target>>()
    .mockRejectedValueOnce(Object.assign(new Error('busy'), { retryAfterSeconds: 10 }))
    .mockResolvedValue(TARGET);
  const { hub, errors } = start(target);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(target).toHaveBeenCalledTimes(1);
  await whileLater();
  expect(target).toHaveBeenCalledTimes(2);
  expect(hub.connections).toHaveLength(1);
  expect(errors).toMatchObject([{ message: 'busy' }]);
});

test.each([429, 503])(
  'after status %i it waits as long as the hub asks, also if the network comes back',
  async status => {
    const page = new EventTarget();
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page));
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page));
    const { hub } = start();
    hub.last.refuse(status, '', { 'retry-after': '20' });
    await vi.advanceTimersByTimeAsync(10_000);
    page.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(9_999);
    expect(hub.connections).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(hub.connections).toHaveLength(2);
  },
);

test('Retry-After may be a date', async () => {
  const { hub } = start();
  hub.last.refuse(503, '', { 'retry-after': new Date(Date.now() + 25_000).toUTCString() });
  await vi.advanceTimersByTimeAsync(23_000);
  expect(hub.connections).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(hub.connections).toHaveLength(2);
});

test('the reconnection time that the hub sends is respected', async () => {
  const { hub } = start();
  hub.last.open();
  hub.last.send('retry: 5000\n\n');
  await settle();
  hub.last.end();
  await vi.advanceTimersByTimeAsync(4_999);
  expect(hub.connections).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(hub.connections).toHaveLength(2);
});

test('when the network comes back it connects at once', async () => {
  const page = stubPage();
  const { hub, subscription } = start(TARGET, { backoff: { minDelayMs: 30_000 } });
  vi.spyOn(Math, 'random').mockReturnValue(1);
  hub.last.fail(new TypeError('offline'));
  hub.last.refuse(502);
  await settle();
  page.dispatchEvent(new Event('online'));
  expect(hub.connections).toHaveLength(2);
  subscription.close();
  page.dispatchEvent(new Event('online'));
  expect(hub.connections).toHaveLength(2);
});

test('an open stream is replaced when the network was away, and when the page was frozen', async () => {
  const page = stubPage();
  const { hub } = start();
  hub.last.open();
  await settle();
  page.dispatchEvent(new Event('pageshow'));
  expect(hub.connections).toHaveLength(1);
  page.dispatchEvent(new Event('online'));
  expect(hub.connections).toHaveLength(2);
  hub.last.open();
  await settle();
  page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  expect(hub.connections).toHaveLength(3);
});

test('a tab that becomes visible after a sleep does not trust its stream; otherwise it does', async () => {
  const page = stubPage();
  const { hub } = start(TARGET, { silenceTimeoutMs: 50_000 });
  hub.last.open();
  await settle();
  page.dispatchEvent(new Event('visibilitychange'));
  expect(hub.connections).toHaveLength(1);
  vi.setSystemTime(Date.now() + 3_600_000); // Timers stood still meanwhile.
  page.dispatchEvent(new Event('visibilitychange'));
  expect(hub.connections).toHaveLength(2);
});

test('a machine that has slept connects anew, though its page was in view all the time', async () => {
  stubPage();
  const { hub } = start(TARGET, { silenceTimeoutMs: 3_600_000 });
  hub.last.open();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(hub.connections).toHaveLength(1);
  vi.setSystemTime(Date.now() + 60_000);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(hub.connections).toHaveLength(2);
});

test('a page that answers 200 is not taken for a hub', async () => {
  const { hub, errors, opened } = start();
  hub.last.refuse(200, '<html>Please accept our terms</html>', { 'content-type': 'text/html' });
  await whileLater();
  expect(errors).toMatchObject([{ code: 'not_an_event_stream', status: 200 }]);
  expect(opened).toEqual([]);
  expect(hub.connections).toHaveLength(2);
});

test('a silent stream is dropped; a comment is a sign of life', async () => {
  const { hub, errors } = start(TARGET, { silenceTimeoutMs: 10_000 });
  hub.last.open();
  for (let beat = 0; beat < 5; beat++) {
    await vi.advanceTimersByTimeAsync(9_000);
    hub.last.send(':\n');
  }
  await vi.advanceTimersByTimeAsync(9_999);
  expect(errors).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(errors).toMatchObject([{ code: 'silent' }]);
  expect(hub.connections[0]?.aborted).toBe(true);
});

test('a hub that does not answer is given up after the connect timeout', async () => {
  const { hub, errors } = start(TARGET, { connectTimeoutMs: 1_000 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(errors).toMatchObject([{ code: 'unreachable' }]);
  expect(hub.connections[0]?.aborted).toBe(true);
});

test.each([
  ['whole', '\n\n'],
  ['without an end', ''],
])('an event beyond the limit that comes %s is left out, and said to be lost', async (_, ending) => {
  const { hub, events, errors, opened } = start(TARGET, { maxEventLength: 100, lastEventId: '1' });
  hub.last.open({ 'mercure-last-event-id': '1' });
  hub.last.send(`id: 2\ndata: ${'x'.repeat(200)}${ending}`);
  await whileLater();
  expect(errors).toMatchObject([{ code: 'event_too_large' }]);
  expect(events).toEqual([]);
  expect(hub.last.request.headers.has('last-event-id')).toBe(false);
  hub.last.open();
  await settle();
  expect(opened.map(({ historyLost }) => historyLost)).toEqual([false, true]);
});

test('close ends the stream, for good', async () => {
  const { hub, events, subscription, states } = start();
  hub.last.open();
  await settle();
  subscription.close();
  hub.last.send('data: x\n\n');
  subscription.reconnect();
  await whileLater();
  expect(hub.last.aborted).toBe(true);
  expect(hub.connections).toHaveLength(1);
  expect(events).toEqual([]);
  expect(states.at(-1)).toEqual({ status: 'closed', error: null });
});

test('closing from within an event stops the events that came with it', async () => {
  const { hub, subscription, events } = start(TARGET, {
    onEvent: event => {
      events.push(event);
      subscription.close();
    },
  });
  hub.last.open();
  hub.last.send('data: 1\n\ndata: 2\n\n');
  await settle();
  expect(events).toHaveLength(1);
});

test('the signal closes it, also when it was aborted before', async () => {
  const controller = new AbortController();
  const { hub, subscription } = start(TARGET, { signal: controller.signal });
  hub.last.open();
  await settle();
  controller.abort();
  expect(subscription.state).toEqual({ status: 'closed', error: null });
  const late = start(TARGET, { signal: controller.signal });
  expect(late.subscription.state).toEqual({ status: 'closed', error: null });
  expect(late.hub.connections).toHaveLength(0);
});

test('reconnect drops the stream and connects at once', async () => {
  const { hub, subscription } = start();
  hub.last.open();
  await settle();
  subscription.reconnect();
  expect(hub.connections).toHaveLength(2);
  expect(hub.connections[0]?.aborted).toBe(true);
  expect(subscription.state).toEqual({ status: 'connecting' });
  await whileLater();
  expect(hub.connections.length).toBe(2);
});

test("a callback's own error does not end the stream", async () => {
  const uncaught = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {});
  let count = 0;
  const { hub, subscription } = start(TARGET, {
    onEvent: () => {
      count += 1;
      throw new Error('a mistake in the application');
    },
  });
  hub.last.open();
  hub.last.send('data: 1\n\n');
  await settle();
  hub.last.send('data: 2\n\n');
  await settle();
  expect(count).toBe(2);
  expect(subscription.state.status).toBe('open');
  expect(() => uncaught.mock.calls[0]?.[0]()).toThrow('a mistake in the application');
});

test('errors are MercureErrors', async () => {
  const { hub, errors } = start();
  hub.last.refuse(401);
  await settle();
  expect(errors[0]).toBeInstanceOf(MercureError);
});
