import { expect, it } from 'vitest';
import { lifetimeMs } from './lifetime.ts';

it('L3 streams that began at once do not end at once', () => {
  expect(lifetimeMs(1_000, 0)).toBe(1_000);
  expect(lifetimeMs(1_000, 0.5)).toBe(900);
  const lives = Array.from({ length: 100 }, () => lifetimeMs(1_000_000));
  expect(new Set(lives).size).toBeGreaterThan(90);
  expect(Math.min(...lives)).toBeGreaterThanOrEqual(800_000);
  expect(Math.max(...lives)).toBeLessThanOrEqual(1_000_000);
});
