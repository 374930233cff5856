import { expect, test } from 'vitest';
import { type ClockRange, contentsDigest, joinRanges } from './digest.ts';

const digest = (vector: [number, number][], deleted: [number, ClockRange[]][] = []) =>
  contentsDigest({ vector: new Map(vector), deleted: new Map(deleted) });

test('the digest does not depend on order, or on how deletions are cut up', () => {
  const whole = digest(
    [
      [1, 9],
      [2, 4],
    ],
    [
      [1, [[2, 7]]],
      [2, [[0, 1]]],
    ],
  );
  const inPieces = digest(
    [
      [2, 4],
      [1, 9],
    ],
    [
      [2, [[0, 1]]],
      [
        1,
        [
          [4, 7],
          [2, 4],
          [3, 5],
          [6, 6],
        ],
      ],
    ],
  );
  expect(inPieces).toBe(whole);
  expect(whole).toMatch(/^[0-9a-f]{16}$/);
});

test('a client of whom there is nothing does not count', () => {
  expect(digest([[7, 0]], [[7, []]])).toBe(digest([]));
});

test('every element and every deletion counts', () => {
  const digests = [
    digest([]),
    digest([[1, 1]]),
    digest([[1, 2]]),
    digest([[2, 1]]),
    digest([
      [1, 1],
      [2, 1],
    ]),
    digest([[1, 2]], [[1, [[0, 1]]]]),
    digest([[1, 2]], [[1, [[1, 2]]]]),
    digest([[1, 2]], [[1, [[0, 2]]]]),
    digest([[2 ** 32 + 1, 1]]),
    digest([[1, 2 ** 32 + 1]]),
  ];
  expect(new Set(digests).size).toBe(digests.length);
});

test('no two of a hundred thousand documents that differ a little have the same digest', () => {
  const digests = new Set<string>();
  for (let client = 1; client <= 100; client += 1) {
    for (let clock = 1; clock <= 1_000; clock += 1) digests.add(digest([[client, clock]]));
  }
  expect(digests.size).toBe(100_000);
});

test('ranges are joined where they touch, and kept apart where they do not', () => {
  expect(
    joinRanges([
      [5, 6],
      [0, 2],
      [2, 3],
      [8, 9],
      [7, 9],
    ]),
  ).toEqual([
    [0, 3],
    [5, 6],
    [7, 9],
  ]);
});
