import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Batcher } from './batcher.ts';

const WINDOW_MS = 20;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function recorder(promptAdds: number) {
  const calls: number[][] = [];
  const batcher = new Batcher<number>({
    windowMs: WINDOW_MS,
    promptAdds,
    handle: async (_, items) => void calls.push(items),
    shorten: items => items,
  });
  return { batcher, calls };
}

/** Adds an item every `everyMs`. */
async function addEvery(batcher: Batcher<number>, everyMs: number, count: number) {
  for (let item = 1; item <= count; item++) {
    batcher.add('key', item);
    await vi.advanceTimersByTimeAsync(everyMs);
  }
}

test('where few items come, each goes on at once', async () => {
  const { batcher, calls } = recorder(4);
  await addEvery(batcher, 10, 20);
  expect(calls).toEqual(Array.from({ length: 20 }, (_, index) => [index + 1]));
});

test('where many come, the number of calls grows with the time', async () => {
  const { batcher, calls } = recorder(4);
  await addEvery(batcher, 1, 1000);
  await vi.advanceTimersByTimeAsync(WINDOW_MS);
  expect(calls.flat()).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1));
  expect(calls.length).toBeLessThan(1000 / WINDOW_MS + 10);
});

test('what comes together, at a pace that is no faster than the windows, goes on together and at once', async () => {
  const { batcher, calls } = recorder(4);
  for (let group = 0; group < 5; group++) {
    batcher.add('key', ...Array.from({ length: 12 }, () => group));
    expect(calls).toHaveLength(group + 1);
    await vi.advanceTimersByTimeAsync(WINDOW_MS);
  }
  expect(calls.map(({ length }) => length)).toEqual([12, 12, 12, 12, 12]);
});

test('when it has become quiet, items go on at once again', async () => {
  const { batcher, calls } = recorder(4);
  await addEvery(batcher, 1, 200);
  await vi.advanceTimersByTimeAsync(3 * WINDOW_MS);
  const before = calls.length;
  batcher.add('key', 7);
  expect(calls.slice(before)).toEqual([[7]]);
});

test('keys do not wait for each other', async () => {
  const { batcher, calls } = recorder(1);
  for (let item = 0; item < 10; item++) batcher.add('busy', item);
  batcher.add('quiet', 10);
  expect(calls).toEqual([[0], [10]]);
});
