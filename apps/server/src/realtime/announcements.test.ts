import { randomUUID } from 'node:crypto';
import { type DocumentEvent, documentEventSchema, MAX_PUBLISHED_UPDATE_BYTES } from '@cahier/protocol';
import { expect, test } from 'vitest';
import { silent } from '../../test/log-fixture.ts';
import { Announcements } from './announcements.ts';
import { Publisher } from './publisher.ts';

const documentId = randomUUID();

/** A hub that keeps what is published, and takes as long for it as told. */
function announcer(publishing: () => Promise<void> = async () => {}) {
  const published: { topic: string | undefined; event: DocumentEvent }[] = [];
  const hub = {
    lastEventId: 'earliest',
    async publish({ topics, data }: { topics: string[]; data: string }) {
      published.push({ topic: topics[0], event: documentEventSchema.parse(JSON.parse(data)) });
      await publishing();
      return { id: '' };
    },
  };
  return { published, announcements: new Announcements(new Publisher(hub, () => 'http://app.test', silent)) };
}

const committed = (seq: number, { accessGeneration = 0, size = 10 } = {}) => ({
  documentId,
  accessGeneration,
  seq,
  batch: randomUUID() as string,
  bytes: new Uint8Array(size),
});

/** The numbers in an event: of the updates it brings, or up to which the log has grown. */
const numbers = (event: DocumentEvent) => {
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

test('a hub that fails does not stop what comes later', async () => {
  const { published, announcements } = announcer(() => Promise.reject(new Error('out of order')));
  announcements.add(committed(1));
  announcements.add(committed(2));
  await announcements.drain();
  expect(published.map(({ event }) => numbers(event))).toEqual([[1], [2]]);
});
