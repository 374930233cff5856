import { expect, it } from 'vitest';
import { createUpdate } from '../messages/update.ts';
import { memoryTransport } from '../transports/memory-transport.ts';
import { History, type PastEvent } from './history.ts';

/** A history of so many events, at the positions from 1 on, that counts how often the transport is asked. */
async function historyOf(events: number) {
  const transport = memoryTransport();
  const publish = (data: string) => transport.publish(createUpdate({ topics: 'a', data }, 1_000_000));
  for (let position = 1; position <= events; position++) await publish(String(position));
  const control = { reads: 0, fails: false };
  const read = transport.read.bind(transport);
  transport.read = async (after, limit) => {
    control.reads++;
    if (control.fails) throw new Error('No connection');
    return read(after, limit);
  };
  return { history: new History(transport), publish, control };
}

const positions = (page: readonly PastEvent[] | undefined) => page?.map(({ position }) => Number(position));
const upTo = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

it('H12 what has been read once is there for whoever begins in the middle of it', async () => {
  const { history, control } = await historyOf(250);
  expect(positions(await history.read(20n, 0))).toEqual(upTo(21, 120));
  expect(positions(await history.read(90n, 0))).toEqual(upTo(91, 120));
  expect(positions(await history.read(119n, 0))).toEqual([120]);
  expect(control.reads).toBe(1);
  expect(positions(await history.read(120n, 0))).toEqual(upTo(121, 220));
  expect(positions(await history.read(19n, 0))).toEqual(upTo(20, 119));
  expect(control.reads).toBe(3);
});

it('H12 that a history ended somewhere is no answer for those who came later', async () => {
  const { history, publish, control } = await historyOf(1);
  const before = history.moment;
  expect(await history.read(1n, before)).toEqual([]);
  expect(await history.read(1n, before)).toEqual([]);
  expect(control.reads).toBe(1);
  const now = history.moment;
  await publish('2');
  expect(positions(await history.read(1n, now))).toEqual([2]);
  expect(positions(await history.read(1n, before))).toEqual([2]);
});

it('H12 what fails is asked for again, however often', async () => {
  const { history, control } = await historyOf(1);
  control.fails = true;
  const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => history.read(0n, 0)));
  expect(attempts.map(({ status }) => status)).toEqual(attempts.map(() => 'rejected'));
  expect(control.reads).toBe(20);
  control.fails = false;
  expect(positions(await history.read(0n, 0))).toEqual([1]);
});

it('H12 what is remembered is bounded', async () => {
  const { history, publish, control } = await historyOf(0);
  const large = 'x'.repeat(1_000_000);
  for (let position = 1; position <= 1_010; position++) await publish(position > 1_000 ? large : '');
  for (let after = 0n; after < 1_010n; ) after += BigInt((await history.read(after, 0))?.length ?? 0);
  const reads = control.reads;
  expect(positions(await history.read(1_000n, 0))).toEqual(upTo(1_001, 1_010));
  expect(control.reads).toBe(reads);
  expect(positions(await history.read(0n, 0))).toEqual(upTo(1, 100));
  expect(control.reads).toBe(reads + 1);
});
