import { afterEach, expect, it, vi } from 'vitest';
import { Deadlines, lifetimeMs } from './lifetime.ts';
import type { Subscriber } from './subscriber.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('L3 streams that began at once do not end at once', () => {
  expect(lifetimeMs(1_000, 0)).toBe(1_000);
  expect(lifetimeMs(1_000, 0.5)).toBe(900);
  const lives = Array.from({ length: 100 }, () => lifetimeMs(1_000_000));
  expect(new Set(lives).size).toBeGreaterThan(90);
  expect(Math.min(...lives)).toBeGreaterThanOrEqual(800_000);
  expect(Math.max(...lives)).toBeLessThanOrEqual(1_000_000);
});

it('L3 streams whose tokens expire at the same moment share a timer, and end at theirs', () => {
  vi.useFakeTimers({ now: 0 });
  const ended: string[] = [];
  const stream = (name: string): Subscriber =>
    Object.assign(Object.create(null), {
      async end(reason: string) {
        ended.push(`${name} ${reason}`);
      },
    });
  // Longer than a timer can be.
  const monthMs = 31 * 24 * 60 * 60 * 1_000;
  const deadlines = new Deadlines(undefined);
  const [one, two, gone, later, endless] = ['one', 'two', 'gone', 'later', 'endless'].map(stream) as [
    Subscriber,
    Subscriber,
    Subscriber,
    Subscriber,
    Subscriber,
  ];
  for (const short of [one, two, gone]) deadlines.add(short, 60_000);
  deadlines.add(later, monthMs);
  deadlines.add(endless);
  expect(vi.getTimerCount()).toBe(2);
  deadlines.remove(gone);
  deadlines.remove(endless);
  vi.advanceTimersByTime(59_999);
  expect(ended).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(ended).toEqual(['one token_expired', 'two token_expired']);
  deadlines.remove(one);
  deadlines.remove(two);
  vi.advanceTimersByTime(monthMs - 60_001);
  expect(ended).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(ended.at(-1)).toBe('later token_expired');

  const [aged, expiring] = [stream('aged'), stream('expiring')];
  const mortal = new Deadlines(10_000);
  mortal.add(aged, Date.now() + 20_000);
  mortal.add(expiring, Date.now() + 1_000);
  vi.advanceTimersByTime(10_000);
  expect(ended.slice(-2)).toEqual(['expiring token_expired', 'aged max_connection']);
  mortal.add(one, Date.now() + 1_000);
  mortal.remove(one);
  mortal.remove(aged);
  mortal.remove(expiring);
  expect(vi.getTimerCount()).toBe(0);
});
