import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { WriteQueue } from './write-queue.ts';

const STREAMS = 1_000;

it('L12 streams are written in the order in which they had something to write, a part of them in each turn', async () => {
  const queue = new WriteQueue();
  const written: number[] = [];
  const expected = Array.from({ length: STREAMS }, (_, number) => number);
  for (const number of expected) queue.add({ flush: () => written.push(number) });
  expect(written).toEqual([]);
  await turn();
  expect(written.length).toBeGreaterThan(0);
  expect(written.length).toBeLessThan(STREAMS);
  // Comes back behind those who have waited longer.
  queue.add({ flush: () => written.push(STREAMS) });
  while (written.length <= STREAMS) await turn();
  expect(written).toEqual([...expected, STREAMS]);
});

it('L12 a stream that has something to write again while it is written gets another turn', async () => {
  const queue = new WriteQueue();
  let written = 0;
  const stream = {
    flush() {
      written++;
      if (written < 3) queue.add(stream);
    },
  };
  queue.add(stream);
  while (written < 3) await turn();
  await turn();
  expect(written).toBe(3);
});

it('G2 tells when everything has been written that waited', async () => {
  const queue = new WriteQueue();
  const events: string[] = [];
  queue.whenWritten(() => events.push('nothing waits'));
  queue.add({ flush: () => events.push('first') });
  queue.whenWritten(() => events.push('after the first'));
  queue.add({ flush: () => events.push('second') });
  queue.whenWritten(() => events.push('after the second'));
  expect(events).toEqual(['nothing waits']);
  await turn();
  expect(events.slice(1).filter(event => !event.startsWith('after'))).toEqual(['first', 'second']);
  expect(events.indexOf('after the first')).toBeGreaterThan(events.indexOf('first'));
  expect(events.at(-1)).toBe('after the second');
});
