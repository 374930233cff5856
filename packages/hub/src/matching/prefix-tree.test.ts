import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PrefixTree } from './prefix-tree.ts';

it('L14 finds what a text begins with, whatever has come and gone', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '🙂'), maxLength: 6 });
  const change = fc.tuple(word, fc.integer({ min: 0, max: 2 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), fc.array(word, { minLength: 3 }), (changes, texts) => {
      const tree = new PrefixTree<number>();
      const expected = new Map<string, Set<number>>();
      for (const [prefix, value, isAdded] of changes) {
        const values = expected.get(prefix) ?? new Set();
        expected.set(prefix, values);
        if (isAdded) {
          tree.add(prefix, value);
          values.add(value);
        } else if (values.delete(value)) tree.delete(prefix, value);
      }
      for (const text of texts) {
        const beginnings = [...expected].filter(([prefix]) => text.startsWith(prefix));
        expect(tree.find(text).sort()).toEqual(beginnings.flatMap(([, values]) => [...values]).sort());
      }
    }),
    { numRuns: 1_000 },
  );
});
