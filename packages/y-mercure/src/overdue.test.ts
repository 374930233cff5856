import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Overdue } from './overdue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch() {
  const onOverdue = vi.fn<() => void>();
  return { overdue: new Overdue(onOverdue), onOverdue };
}

test('what arrives in time is not overdue', () => {
  const { overdue, onOverdue } = watch();
  overdue.expect(1);
  overdue.arrived(1);
  overdue.expect(1);
  vi.advanceTimersByTime(60_000);
  expect(onOverdue).not.toHaveBeenCalled();
});

test('what does not arrive is overdue, also when it was expected while something else was still awaited', () => {
  const { overdue, onOverdue } = watch();
  overdue.expect(1);
  vi.advanceTimersByTime(1_000);
  overdue.arrived(1);
  overdue.expect(2);
  vi.advanceTimersByTime(10_000);
  expect(onOverdue).toHaveBeenCalledTimes(1);
});

test('without a stream nothing is expected', () => {
  const { overdue, onOverdue } = watch();
  overdue.expect(1);
  overdue.forget();
  vi.advanceTimersByTime(60_000);
  expect(onOverdue).not.toHaveBeenCalled();
});
