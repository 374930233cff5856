import { expect, it } from 'vitest';
import { createId, isOpaqueId } from './opaque-id.ts';

it('P1 ids that the hub gives are random UUIDs of version 4: each digit that is free takes every value, none comes twice', () => {
  const ids = Array.from({ length: 5_000 }, createId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter(id => !isOpaqueId(id))).toEqual([]);
  const prefix = 'urn:uuid:'.length;
  const valuesAt = Array.from({ length: 36 }, (_, at) => new Set(ids.map(id => id[prefix + at])).size);
  expect(valuesAt.join(' ')).toBe(
    `${'16 '.repeat(8)}1 ${'16 '.repeat(4)}1 1 16 16 16 1 4 16 16 16 1 ${'16 '.repeat(12)}`.trim(),
  );
});
