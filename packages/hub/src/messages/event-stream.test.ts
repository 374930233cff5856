import fc from 'fast-check';
import { expect, it } from 'vitest';
import { serializeUpdate } from './event-stream.ts';
import { createUpdate } from './update.ts';

const serialize = (draft: Parameters<typeof createUpdate>[0]) =>
  serializeUpdate(createUpdate(draft, 1_000_000));

it('E1 writes id, type, retry and one data field per line', () => {
  expect(serialize({ topics: 'a', id: 'x', type: 't', retry: 5, data: 'one\r\ntwo\rthree\n' })).toBe(
    'id: x\nevent: t\nretry: 5\ndata: one\ndata: two\ndata: three\ndata: \n\n',
  );
});

it('E2 gives an ephemeral update no id', () => {
  expect(serialize({ topics: 'a', id: 'x', data: 'd', ephemeral: true })).toBe('data: d\n\n');
});

it('E3 lets no data out of its fields', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('\r', '\n', 'id: ', 'event:', ':', '\0', 'é', ' ')), pieces => {
      const lines = serialize({ topics: 'a', id: 'x', data: pieces.join('') }).split(/\r\n|\r|\n/);
      expect(lines.shift()).toBe('id: x');
      expect(lines.splice(-2)).toEqual(['', '']);
      expect(lines.every(line => line.startsWith('data: '))).toBe(true);
    }),
  );
});
