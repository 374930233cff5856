import { randomUUID } from 'node:crypto';
import { MAX_PUBLISHED_UPDATE_BYTES, type StreamEvent, streamEventSchema } from '@cahier/protocol';
import { describe, expect, test } from 'vitest';
import { silent } from '../../test/log-fixture.ts';
import { Announcements } from './announcements.ts';
import { type HubUpdate, Publisher } from './publisher.ts';

const documentId = randomUUID();

/** A hub that keeps what is published, and takes as long for it as told. */
function announcer(publishing: () => Promise<void> = async () => {}, options = {}) {
  const published: { topic: string | undefined; event: StreamEvent }[] = [];
  const hub = {
    lastEventId: 'earliest',
    async publish({ topics, data }: HubUpdate) {
      published.push({ topic: topics[0], event: streamEventSchema.parse(JSON.parse(data)) });
      await publishing();
    },
  };
  return {
    published,
    announcements: new Announcements(new Publisher(hub, () => 'http://app.test', silent), options),
  };
}

const committed = (seq: number, { accessGeneration = 0, size = 10 } = {}) => ({
  documentId,
  accessGeneration,
  seq,
  batch: randomUUID() as string,
  bytes: new Uint8Array(size),
});

/** The numbers in an event: of the updates it brings, or up to which the log has grown. */
const numbers = (event: StreamEvent) => {
  if (event.type === 'updates') return event.updates.map(({ seq }) => seq);
  return event.type === 'advanced' ? `up to ${event.seq}` : event.type;
};

test('the first edit goes out at once, what follows shortly after goes together', async () => {
  const { published, announcements } = announcer();
  announcements.add(committed(1));
  expect(published).toHaveLength(1);
  for (const seq of [2, 3, 4]) announcements.add(committed(seq));
  await announcements.drain();
  expect(published.map(({ event }) => numbers(event))).toEqual([[1], [2, 3, 4]]);
});

test('keys that a few people happen to press at the same moment go out at once, each by itself', async () => {
  const { published, announcements } = announcer();
  for (let seq = 1; seq <= 8; seq++) {
    announcements.add(committed(seq));
    expect(published.at(-1)?.event).toMatchObject({ type: 'updates', updates: [{ seq }] });
    await new Promise(setImmediate);
  }
  await announcements.drain();
  expect(published).toHaveLength(8);
});

test('the edits of one commit go out together, document by document', async () => {
  const { published, announcements } = announcer();
  const other = randomUUID();
  announcements.add(committed(1), { ...committed(1), documentId: other }, committed(2), committed(3));
  expect(published.map(({ event }) => numbers(event))).toEqual([[1, 2, 3], [1]]);
  await announcements.drain();
});

test('while the hub is slow, edits gather', async () => {
  let release = () => {};
  const { published, announcements } = announcer(
    () =>
      new Promise(resolve => {
        release = resolve;
      }),
  );
  announcements.add(committed(1));
  for (let seq = 2; seq <= 100; seq++) announcements.add(committed(seq));
  release();
  const drained = announcements.drain();
  await expect.poll(() => published.length).toBe(2);
  release();
  await drained;
  expect(published[1] && numbers(published[1].event)).toHaveLength(99);
});

test('a repeated batch, which does not follow on, has an event of its own', async () => {
  const { published, announcements } = announcer();
  for (const seq of [7, 8, 5, 9]) announcements.add(committed(seq));
  await announcements.drain();
  expect(published.map(({ event }) => numbers(event))).toEqual([[7], [8], [5], [9]]);
});

test('edits before and after a change of access go to their own topics', async () => {
  const { published, announcements } = announcer();
  announcements.add(committed(1));
  announcements.add(committed(2));
  announcements.add(committed(3, { accessGeneration: 1 }));
  await announcements.drain();
  const topic = (generation: number) => `http://app.test/documents/${documentId}/live/${generation}`;
  expect(published.map(({ topic }) => topic)).toEqual([topic(0), topic(0), topic(1)]);
});

test('what is too large for one event is announced by its last number', async () => {
  const { published, announcements } = announcer();
  announcements.add(committed(1, { size: MAX_PUBLISHED_UPDATE_BYTES }));
  announcements.add(committed(2, { size: MAX_PUBLISHED_UPDATE_BYTES }));
  announcements.add(committed(3));
  await announcements.drain();
  expect(published.map(({ event }) => numbers(event))).toEqual([[1], 'up to 3']);
});

describe('while the hub is out of reach, what waits is bounded', () => {
  /** A hub that takes the first event only when told, and each later one at once. */
  function stalled(options = {}) {
    const stall = Promise.withResolvers<void>();
    return { ...announcer(() => stall.promise, options), goOn: () => stall.resolve() };
  }

  test('by the number of edits: the newest number is announced, on the newest topic', async () => {
    const { published, announcements, goOn } = stalled();
    const total = 2_500;
    for (let seq = 1; seq <= total; seq++) {
      announcements.add(committed(seq, { accessGeneration: seq < total / 2 ? 0 : 1 }));
    }
    goOn();
    await announcements.drain();
    expect(published.map(({ event }) => numbers(event))).toEqual([[1], `up to ${total}`]);
    expect(published[1]?.topic).toMatch(/\/live\/1$/);
  });

  test('by bytes, over all documents; there is room again afterwards', async () => {
    const { published, announcements, goOn } = stalled({ maxWaitingBytes: 100 });
    const other = randomUUID();
    announcements.add(committed(1, { size: 60 }));
    announcements.add({ ...committed(1, { size: 60 }), documentId: other });
    announcements.add(committed(2, { size: 40 }));
    goOn();
    await announcements.drain();
    expect(published.map(({ event }) => numbers(event))).toEqual([[1], 'up to 1', [2]]);
    announcements.add(committed(3, { size: 100 }));
    await announcements.drain();
    expect(published.slice(3).map(({ event }) => numbers(event))).toEqual([[3]]);
  });
});

test('a hub that fails does not stop what comes later', async () => {
  const { published, announcements } = announcer(() => Promise.reject(new Error('out of order')));
  announcements.add(committed(1));
  announcements.add(committed(2));
  await announcements.drain();
  expect(published.map(({ event }) => numbers(event))).toEqual([[1], [2]]);
});
