import { expect, test } from 'vitest';
import { CommitPace } from './commit-pace.ts';

/** The moments of the commits in a second in which an append arrives every so many milliseconds; a commit takes none. */
function commitsOf(everyMs: number, pace = new CommitPace(), start = 1_000): number[] {
  const commits: number[] = [];
  let free = start;
  let waiting = 0;
  for (let now = start; now < start + 1_000; now += everyMs) {
    waiting++;
    if (now < free) continue;
    commits.push(now);
    free = now + pace.intervalMs(waiting, now);
    waiting = 0;
  }
  return commits;
}

test('twenty people who type have each edit committed at once', () => {
  expect(commitsOf(10)).toHaveLength(100);
});

test('a few edits at the same moment do not make anybody wait', () => {
  const pace = new CommitPace();
  expect([1, 2, 5].map(appends => pace.intervalMs(appends, 1_000))).toEqual([0, 0, 0]);
});

test('when hundreds come in a second, the number of commits does not grow with theirs', () => {
  const hundred = commitsOf(2).length;
  const thousand = commitsOf(0.5).length;
  expect(hundred).toBeLessThan(70);
  expect(thousand).toBeLessThanOrEqual(hundred);
  expect(thousand).toBeGreaterThan(30);
});

test('when it has become quiet, edits are committed at once again', () => {
  const pace = new CommitPace();
  commitsOf(0.5, pace);
  expect(commitsOf(10, pace, 2_100)).toHaveLength(100);
});
