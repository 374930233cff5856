import { expect, test } from 'vitest';
import { relativeTime } from './relative-time.ts';

const at = (text: string) => new Date(text).getTime();
const now = at('2026-03-18T15:00:00');

test.each([
  ['2026-03-18T15:00:20', 'just now'],
  ['2026-03-18T14:59:01', 'just now'],
  ['2026-03-18T14:59:00', '1 minute ago'],
  ['2026-03-18T14:00:01', '59 minutes ago'],
  ['2026-03-18T14:00:00', '1 hour ago'],
  ['2026-03-18T00:30:00', '14 hours ago'],
  ['2026-03-17T23:30:00', 'yesterday'],
  ['2026-03-12T12:00:00', '6 days ago'],
  ['2026-03-11T12:00:00', 'March 11'],
  ['2025-12-31T12:00:00', 'December 31, 2025'],
])('what happened at %s is told as "%s" on 18 March 2026 at 15:00', (then, told) => {
  expect(relativeTime(at(then), now)).toBe(told);
});

test('in the small hours, the evening before is still told in hours', () => {
  expect(relativeTime(at('2026-03-17T23:30:00'), at('2026-03-18T01:00:00'))).toBe('1 hour ago');
});
