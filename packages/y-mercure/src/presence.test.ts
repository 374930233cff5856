import { PRESENCE_REPORT_INTERVAL_MS, type Presence, type SendPresence } from '@cahier/protocol';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Awareness, removeAwarenessStates } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { PresenceExchange } from './presence.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const tick = () => vi.advanceTimersByTimeAsync(0);
const ada = { id: '11111111-1111-4111-8111-111111111111', name: 'Ada', email: 'ada@example.net' };
const cursorAt = (place: number) => ({ anchor: { item: place }, head: { item: place } });
const presence = (client: number, clock: number, place: number | null): Presence => ({
  client,
  clock,
  person: ada,
  state: place === null ? null : { cursor: cursorAt(place) },
});

interface Sent extends SendPresence {
  keepalive: boolean;
  answer(...presences: Presence[]): Promise<void>;
  fail(): Promise<void>;
}

function start() {
  const doc = new Y.Doc();
  const awareness = new Awareness(doc);
  onTestFinished(() => doc.destroy());
  const sent: Sent[] = [];
  const origin = {};
  const changes: unknown[] = [];
  awareness.on('change', (change: unknown, from: unknown) => {
    if (from === origin) changes.push(change);
  });
  const exchange = new PresenceExchange({
    awareness,
    origin,
    userOf: person => ({ ...person, color: '#123456' }),
    send: (report, keepalive) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly Presence[]>();
      sent.push({
        ...report,
        keepalive,
        answer: async (...presences) => {
          resolve(presences);
          await tick();
        },
        fail: async () => {
          reject(new Error('no network'));
          await tick();
        },
      });
      return promise;
    },
  });
  const move = (place: number) => awareness.setLocalStateField('cursor', cursorAt(place));
  /** As the awareness does by itself every 15 seconds. */
  const renew = () => awareness.setLocalState(awareness.getLocalState());
  const last = () => sent.at(-1) as Sent;
  const others = () => [...awareness.states].filter(([client]) => client !== awareness.clientID);
  return { awareness, exchange, sent, last, renew, move, others, changes };
}

test('nothing is reported before a stream is open; then we are here, cursor or not', async () => {
  const { exchange, move, sent, awareness } = start();
  move(1);
  expect(sent).toHaveLength(0);
  awareness.setLocalStateField('cursor', null);
  awareness.setLocalStateField('user', { name: 'whoever I say I am' });
  exchange.opened('c1');
  expect(sent).toMatchObject([
    { connection: 'c1', client: awareness.clientID, state: { cursor: null }, keepalive: false },
  ]);
});

test('a report that hangs is passed by the next that is due, and by no more', async () => {
  const { exchange, move, sent } = start();
  exchange.opened('c1');
  move(1);
  await vi.advanceTimersByTimeAsync(PRESENCE_REPORT_INTERVAL_MS - 1_000);
  move(2);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent.map(({ state }) => state?.cursor ?? null)).toEqual([null, cursorAt(2)]);
  await vi.advanceTimersByTimeAsync(10 * PRESENCE_REPORT_INTERVAL_MS);
  expect(sent).toHaveLength(2);
  // The first one answers at last: what it says is older than what is known.
  await sent[0]?.answer();
  expect(sent).toHaveLength(3);
});

test('one report is in flight, reports are 50 ms apart, and the newest position wins', async () => {
  const { exchange, move, sent, last } = start();
  exchange.opened('c1');
  for (const place of [1, 2, 3]) move(place);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toHaveLength(1);
  await last().answer();
  expect(sent.map(({ state }) => state?.cursor ?? null)).toEqual([null, cursorAt(3)]);
  move(4);
  await last().answer();
  move(5);
  await vi.advanceTimersByTimeAsync(49);
  expect(sent).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(last().state).toEqual({ cursor: cursorAt(5) });
});

test('a cursor that is set anew without having moved is not reported', async () => {
  const { exchange, move, sent, last } = start();
  exchange.opened('c1');
  await last().answer();
  await vi.advanceTimersByTimeAsync(50);
  move(1);
  await last().answer();
  for (let edit = 0; edit < 20; edit++) {
    await vi.advanceTimersByTimeAsync(100);
    move(1);
  }
  expect(sent).toHaveLength(2);
  move(2);
  await last().fail();
  await vi.advanceTimersByTimeAsync(100);
  move(2);
  expect(sent).toHaveLength(4);
});

test('the clock grows with every report, also from one provider of a document to the next', async () => {
  const { exchange, move, sent, last, awareness } = start();
  exchange.opened('c1');
  await last().answer();
  move(1);
  await vi.advanceTimersByTimeAsync(50);
  exchange.close();
  await vi.advanceTimersByTimeAsync(50);
  const next = new PresenceExchange({
    awareness: new Awareness(awareness.doc),
    origin: {},
    userOf: person => ({ ...person }),
    send: async report => {
      sent.push({ ...report, keepalive: false } as Sent);
      return [];
    },
  });
  next.opened('c2');
  await tick();
  const clocks = sent.map(({ clock }) => clock);
  expect(clocks).toHaveLength(4);
  expect(clocks).toEqual([...new Set(clocks)].sort((a, b) => a - b));
});

test('of who is idle the renewal that the awareness does by itself repeats the report', async () => {
  const { exchange, awareness, sent, last, renew } = start();
  awareness.setLocalStateField('idle', true);
  exchange.opened('c1');
  await last().answer();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(sent).toHaveLength(1);
  renew();
  expect(sent).toHaveLength(2);
  expect(last().clock).toBeGreaterThan(sent[0]?.clock ?? Number.NaN);
});

test('a failed report does no harm; a new stream reports again', async () => {
  const { exchange, sent, last } = start();
  exchange.opened('c1');
  await last().fail();
  exchange.interrupted();
  exchange.opened('c2');
  await vi.advanceTimersByTimeAsync(50);
  expect(sent.map(({ connection }) => connection)).toEqual(['c1', 'c2']);
});

test('others appear with their person, move, and go; our own entry is left out', () => {
  const { exchange, others, awareness, changes } = start();
  exchange.receive([presence(7, 1, 1), presence(awareness.clientID, 1, 9)]);
  const user = { ...ada, color: '#123456' };
  expect(others()).toEqual([[7, { user, cursor: cursorAt(1) }]]);
  exchange.receive([presence(7, 2, 2)]);
  expect(others()).toEqual([[7, { user, cursor: cursorAt(2) }]]);
  exchange.receive([presence(7, 2, null)]);
  expect(others()).toEqual([]);
  expect(changes).toEqual([
    { added: [7], updated: [], removed: [] },
    { added: [], updated: [7], removed: [] },
    { added: [], updated: [], removed: [7] },
  ]);
});

test('older and repeated presences change nothing', () => {
  const { exchange, others, changes } = start();
  exchange.receive([presence(7, 5, 5)]);
  exchange.receive([presence(7, 4, 4), presence(7, 5, 5), presence(7, 4, null)]);
  expect(others()).toMatchObject([[7, { cursor: cursorAt(5) }]]);
  exchange.receive([presence(7, 5, null)]);
  exchange.receive([presence(7, 5, 5)]);
  expect(others()).toEqual([]);
  expect(changes).toHaveLength(2);
});

test('the answer to a report is the full list: it adds, and removes who is not on it', async () => {
  const { exchange, others, last } = start();
  exchange.receive([presence(7, 1, 1)]);
  await vi.advanceTimersByTimeAsync(10);
  exchange.opened('c1');
  await vi.advanceTimersByTimeAsync(10);
  exchange.receive([presence(9, 1, 9)]);
  await last().answer(presence(8, 1, 8));
  // 9 came while the answer was on its way.
  expect(others().map(([client]) => client)).toEqual([9, 8]);
});

test('who is listed stays alive, though nothing new is heard of them', async () => {
  const { exchange, awareness, last, renew } = start();
  exchange.opened('c1');
  await last().answer(presence(7, 1, 1));
  const heardAt = () => awareness.meta.get(7)?.lastUpdated;
  const before = heardAt();
  await vi.advanceTimersByTimeAsync(15_000);
  renew();
  await last().answer(presence(7, 1, 1));
  expect(heardAt()).toBe((before ?? 0) + 15_000);
});

test('who was given up too early comes back with the next list', async () => {
  const { exchange, others, awareness, last, renew } = start();
  exchange.opened('c1');
  await last().answer(presence(7, 1, 1));
  removeAwarenessStates(awareness, [7], 'timeout');
  await vi.advanceTimersByTimeAsync(15_000);
  renew();
  await last().answer(presence(7, 1, 1));
  expect(others()).toHaveLength(1);
});

test('closing says goodbye and reports nothing more', async () => {
  const { exchange, move, sent, last } = start();
  exchange.opened('c1');
  const { clock } = last();
  exchange.close();
  expect(last()).toMatchObject({ connection: 'c1', state: null });
  expect(last().clock).toBeGreaterThan(clock);
  move(1);
  exchange.opened('c2');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toHaveLength(2);
});

test('a page that goes away says goodbye with keepalive, and is back when it comes back', async () => {
  const { exchange, sent, last, move } = start();
  exchange.opened('c1');
  await last().answer();
  exchange.suspend(true);
  expect(last()).toMatchObject({ state: null, keepalive: true });
  await last().answer();
  move(3);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent).toHaveLength(2);
  exchange.opened('c2');
  expect(last()).toMatchObject({ connection: 'c2', state: { cursor: cursorAt(3) } });
});

test('who may not be here any more sees nobody', () => {
  const { exchange, others, awareness } = start();
  exchange.receive([presence(7, 1, 1), presence(8, 1, 1)]);
  exchange.left();
  expect(others()).toEqual([]);
  expect(awareness.getLocalState()).not.toBeNull();
});

test('that we are still here is said every few seconds, unless we do nothing', async () => {
  const { exchange, awareness, sent, last } = start();
  exchange.opened('c1');
  await last().answer();
  const reportsIn = async (seconds: number) => {
    const before = sent.length;
    for (let second = 0; second < seconds; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      await last().answer();
    }
    return sent.length - before;
  };
  expect(await reportsIn(60)).toBe(60_000 / PRESENCE_REPORT_INTERVAL_MS);
  awareness.setLocalStateField('idle', true);
  await vi.advanceTimersByTimeAsync(50);
  await last().answer();
  expect(last().state).toEqual({ cursor: null, idle: true });
  // The awareness renews its state by itself, by a clock that is not the test's.
  expect(await reportsIn(60)).toBe(0);
  exchange.interrupted();
  expect(await reportsIn(60)).toBe(0);
});

test('whoever becomes idle looks different', async () => {
  const { exchange, others, changes } = start();
  exchange.receive([presence(7, 1, 3)]);
  exchange.receive([{ ...presence(7, 2, 3), state: { cursor: cursorAt(3), idle: true } }]);
  expect(others()).toEqual([[7, expect.objectContaining({ idle: true })]]);
  exchange.receive([{ ...presence(7, 3, 3), state: { cursor: cursorAt(3), idle: true } }]);
  exchange.receive([presence(7, 4, 3)]);
  expect(others()[0]?.[1]).not.toHaveProperty('idle');
  expect(changes).toHaveLength(3);
});

test('a clock that is set back by hours keeps nobody from being seen', async () => {
  const { exchange, move, last, sent } = start();
  exchange.opened('a');
  await tick();
  await last().answer();
  vi.setSystemTime(Date.now() - 2 * 3_600_000);
  move(7);
  await vi.advanceTimersByTimeAsync(100);
  expect(sent).toHaveLength(2);
  expect(last().state).toEqual({ cursor: cursorAt(7) });
});
