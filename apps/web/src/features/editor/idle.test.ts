import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { IDLE_AFTER_MS, watchIdle } from './idle.ts';

let visibility: DocumentVisibilityState = 'visible';
let told: boolean[] = [];
let stop = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  visibility = 'visible';
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility);
  told = [];
  stop = watchIdle(isIdle => told.push(isIdle));
});
afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const show = (state: DocumentVisibilityState) => {
  visibility = state;
  document.dispatchEvent(new Event('visibilitychange'));
};

test('who does nothing for a while is idle, and is back with the first key', () => {
  vi.advanceTimersByTime(IDLE_AFTER_MS - 1);
  expect(told).toEqual([false]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual([false, true]);
  window.dispatchEvent(new Event('keydown'));
  expect(told).toEqual([false, true, false]);
  vi.advanceTimersByTime(IDLE_AFTER_MS);
  expect(told).toEqual([false, true, false, true]);
});

test.each(['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart'])(
  'whoever makes a %s now and then is not idle',
  sign => {
    for (let times = 0; times < 5; times++) {
      vi.advanceTimersByTime(IDLE_AFTER_MS - 1);
      window.dispatchEvent(new Event(sign));
    }
    expect(told).toEqual([false]);
  },
);

test('behind another tab one is idle at once, and in front again at once not', () => {
  show('hidden');
  expect(told).toEqual([false, true]);
  vi.advanceTimersByTime(2 * IDLE_AFTER_MS);
  show('visible');
  expect(told).toEqual([false, true, false]);
  vi.advanceTimersByTime(IDLE_AFTER_MS);
  expect(told).toEqual([false, true, false, true]);
});

test('nothing is told any more once nobody listens', () => {
  stop();
  vi.advanceTimersByTime(IDLE_AFTER_MS);
  show('hidden');
  expect(told).toEqual([false]);
});
