import { randomUUID } from 'node:crypto';
import {
  type Person,
  PRESENCE_REPORT_INTERVAL_MS,
  type Presence,
  type StreamEvent,
  streamEventSchema,
} from '@cahier/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { silent } from '../../test/log-fixture.ts';
import { PresenceTable } from './presence.ts';
import { type Hub, Publisher } from './publisher.ts';

const GRACE_MS = 2_000;
/** What is promised of somebody whose network is lost: gone so long after the last report that arrived, at most. */
const GONE_WITHIN_MS = 11_100;
const IDLE_EXPIRY_MS = 90_000;

const documentId = randomUUID();
const one: Person = { id: randomUUID(), name: 'One', email: 'one@example.org' };
const two: Person = { id: randomUUID(), name: 'Two', email: 'two@example.org' };

let published: { topic: string | undefined; event: StreamEvent }[];
let table: PresenceTable;
beforeEach(() => {
  vi.useFakeTimers();
  published = [];
  const hub: Hub = {
    lastEventId: 'earliest',
    async publish({ topics, data, private: isPrivate, ephemeral }) {
      expect({ isPrivate, ephemeral }).toEqual({ isPrivate: true, ephemeral: true });
      published.push({ topic: topics[0], event: streamEventSchema.parse(JSON.parse(data)) });
      return { id: '' };
    },
  };
  table = new PresenceTable(new Publisher(hub, () => 'http://app.test', silent));
});
afterEach(async () => {
  const closed = table.close();
  await vi.runAllTimersAsync();
  await closed;
  vi.useRealTimers();
});

const report = (
  person: Person,
  client: number,
  clock: number,
  options: { connection?: string; state?: null; at?: number; idle?: boolean } = {},
) =>
  table.report(documentId, 0, person, {
    connection: options.connection ?? `${person.id}`,
    client,
    clock,
    state:
      options.state === null
        ? null
        : {
            cursor:
              options.at === undefined ? null : { anchor: { item: options.at }, head: { item: options.at } },
            ...(options.idle === undefined ? {} : { idle: options.idle }),
          },
  });

/** Everything published so far, in order. */
const seen = (): Presence[] =>
  published.flatMap(({ event }) => (event.type === 'presence' ? event.presences : []));
const who = (presences: readonly Presence[]) => presences.map(({ client }) => client);

test('everybody who reports is answered with all who are here', () => {
  expect(who(report(one, 1, 1))).toEqual([1]);
  expect(report(two, 2, 1)).toEqual([
    { client: 1, clock: 1, person: one, state: { cursor: null } },
    { client: 2, clock: 1, person: two, state: { cursor: null } },
  ]);
});

test('the first report is published at once, later ones together, the last of each editor only', async () => {
  report(one, 1, 1);
  expect(who(seen())).toEqual([1]);
  for (let clock = 2; clock < 10; clock++) report(one, 1, clock, { at: clock });
  report(two, 2, 1);
  await vi.advanceTimersByTimeAsync(50);
  expect(published).toHaveLength(2);
  expect(seen().slice(1)).toMatchObject([
    { client: 1, clock: 9 },
    { client: 2, clock: 1 },
  ]);
});

test('whoever becomes idle, or comes back, is seen to at once; that somebody is still here is not published', async () => {
  report(one, 1, 1);
  report(one, 1, 2, { idle: true });
  report(one, 1, 3, { idle: true });
  await vi.advanceTimersByTimeAsync(100);
  expect(seen().map(({ clock, state }) => [clock, state?.idle])).toEqual([
    [1, undefined],
    [2, true],
  ]);
  expect(report(two, 2, 1)[0]).toMatchObject({ clock: 3, state: { idle: true } });
});

describe('nothing changes with a report', () => {
  test('that is older than what is known', async () => {
    report(one, 1, 5);
    report(one, 1, 4);
    report(one, 1, 5);
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen()).toHaveLength(1);
  });

  test("that speaks for somebody else's editor", () => {
    report(one, 1, 1);
    expect(report(two, 1, 2)).toMatchObject([{ client: 1, clock: 1, person: one }]);
    expect(report(two, 1, 3, { state: null })).toHaveLength(1);
  });

  test('that says goodbye where nobody was', async () => {
    expect(report(one, 1, 1, { state: null })).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(seen()).toEqual([]);
  });
});

describe('somebody goes', () => {
  const gone = (client: number) => expect.objectContaining({ client, state: null });

  test('with a goodbye', async () => {
    report(one, 1, 1);
    expect(report(one, 1, 2, { state: null })).toEqual([]);
    await vi.advanceTimersByTimeAsync(50);
    expect(seen().at(-1)).toEqual({ client: 1, clock: 2, person: one, state: null });
  });

  test('when the stream has ended and not come back, with all editors of that stream', async () => {
    report(one, 1, 1, { connection: 'a' });
    report(one, 2, 1, { connection: 'a' });
    report(one, 3, 1, { connection: 'b' });
    table.streamEnded('a');
    await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
    expect(who(report(two, 4, 1))).toEqual([1, 2, 3, 4]);
    await vi.advanceTimersByTimeAsync(100);
    expect(who(report(two, 4, 2))).toEqual([3, 4]);
    expect(seen()).toEqual(expect.arrayContaining([gone(1), gone(2)]));
  });

  test('not when the stream comes back in time', async () => {
    report(one, 1, 1, { connection: 'a' });
    table.streamEnded('a');
    await vi.advanceTimersByTimeAsync(GRACE_MS - 1);
    table.streamOpened('a');
    await vi.advanceTimersByTimeAsync(GRACE_MS * 2);
    expect(who(report(two, 2, 1))).toEqual([1, 2]);
  });

  test('not when the editor reports under a new stream meanwhile', async () => {
    report(one, 1, 1, { connection: 'a' });
    table.streamEnded('a');
    report(one, 1, 2, { connection: 'b' });
    await vi.advanceTimersByTimeAsync(GRACE_MS * 2);
    expect(who(report(two, 2, 1))).toEqual([1, 2]);
  });

  test('for good: a report that the end of its stream overtook brings nobody back', async () => {
    report(one, 1, 1, { connection: 'a' });
    table.streamEnded('a');
    await vi.advanceTimersByTimeAsync(GRACE_MS * 2);
    expect(report(one, 1, 2, { connection: 'a' })).toEqual([]);
    table.streamOpened('a');
    expect(who(report(one, 1, 3, { connection: 'a' }))).toEqual([1]);
  });

  test('without a report for some ten seconds, also where the hub says nothing', async () => {
    report(one, 1, 1);
    await vi.advanceTimersByTimeAsync(GONE_WITHIN_MS / 2);
    report(two, 2, 1);
    await vi.advanceTimersByTimeAsync(GONE_WITHIN_MS / 2);
    expect(seen()).toContainEqual(gone(1));
    expect(who(report(two, 2, 2))).toEqual([2]);
  });

  test('not when one report got lost and the next is late', async () => {
    for (let clock = 1; clock < 10; clock++) {
      report(one, 1, clock);
      await vi.advanceTimersByTimeAsync(2 * PRESENCE_REPORT_INTERVAL_MS + 1_900);
    }
    expect(seen()).toHaveLength(1);
  });

  test('later when they are idle: browsers let hidden pages report once a minute', async () => {
    report(one, 1, 1, { idle: true });
    await vi.advanceTimersByTimeAsync(IDLE_EXPIRY_MS - 1);
    expect(who(report(two, 2, 1))).toEqual([1, 2]);
    await vi.advanceTimersByTimeAsync(2_001);
    expect(seen()).toContainEqual(gone(1));
  });

  test('with the right to be here, and the others hear it on the new topic', async () => {
    report(one, 1, 1);
    report(two, 2, 1);
    await vi.advanceTimersByTimeAsync(100);
    table.accessChanged(documentId, 1, two.id);
    await vi.advanceTimersByTimeAsync(100);
    expect(seen().at(-1)).toEqual(gone(2));
    expect(published.at(-1)?.topic).toBe(`http://app.test/documents/${documentId}/live/1/presence`);
  });
});

test('a document shows a limited number of editors', () => {
  for (let client = 0; client < 600; client++) report(one, client, 1);
  expect(report(two, 1000, 1)).toHaveLength(500);
});
