import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { REPEATED_AFTER_MS, SAID_AFTER_MS, StatusAnnouncer } from './announced-status.ts';
import type { StatusText } from './status-text.ts';

let said: string[] = [];
let announcer: StatusAnnouncer;

beforeEach(() => {
  vi.useFakeTimers();
  said = [];
  announcer = new StatusAnnouncer(words => said.push(words));
});
afterEach(() => {
  announcer.stop();
  vi.useRealTimers();
});

const saved: StatusText = { text: 'Saved', tone: 'calm' };
const saving: StatusText = { text: 'Saving…', tone: 'busy' };
const waiting = (count: number): StatusText => ({
  text: `Offline: ${count} edits waiting`,
  tone: 'warning',
  note: 'They are kept.',
});

test('whoever writes hears nothing of saving as long as it works', () => {
  for (let letter = 0; letter < 50; letter++) {
    announcer.update(saving);
    vi.advanceTimersByTime(200);
    announcer.update(saved);
    vi.advanceTimersByTime(200);
  }
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([]);
});

test('that edits wait is said after a moment, with their number by then', () => {
  for (let count = 1; count <= 10; count++) {
    announcer.update(waiting(count));
    vi.advanceTimersByTime(SAID_AFTER_MS / 11);
  }
  expect(said).toEqual([]);
  vi.advanceTimersByTime(SAID_AFTER_MS);
  expect(said).toEqual(['Offline: 10 edits waiting. They are kept.']);
});

test('what is over within a moment is not said', () => {
  announcer.update(waiting(1));
  vi.advanceTimersByTime(SAID_AFTER_MS - 1);
  announcer.update(saved);
  vi.advanceTimersByTime(60_000);
  expect(said).toEqual([]);
});

test('a growing number is said again now and then, not with every letter', () => {
  for (let count = 1; count <= 100; count++) {
    announcer.update(waiting(count));
    vi.advanceTimersByTime(1_000);
  }
  vi.advanceTimersByTime(REPEATED_AFTER_MS);
  expect(said.length).toBeGreaterThanOrEqual(3);
  expect(said.length).toBeLessThanOrEqual(6);
  expect(said.at(-1)).toContain('100 edits');
  vi.advanceTimersByTime(10 * REPEATED_AFTER_MS);
  expect(said.at(-1)).toContain('100 edits');
  expect(said.length).toBeLessThanOrEqual(6);
});

test('whoever heard of trouble hears when it is over', () => {
  announcer.update(waiting(2));
  vi.advanceTimersByTime(SAID_AFTER_MS);
  announcer.update(saving);
  announcer.update(saved);
  vi.advanceTimersByTime(SAID_AFTER_MS);
  expect(said).toEqual(['Offline: 2 edits waiting. They are kept.', 'Saved']);
});
