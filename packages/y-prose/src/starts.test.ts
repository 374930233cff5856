import { Schema } from 'prosemirror-model';
import { expect, test } from 'vitest';
import type { Placed } from './shape.ts';
import { childAt, shiftStarts, startsOf } from './starts.ts';

const schema = new Schema({
  nodes: { doc: { content: 'paragraph*' }, paragraph: { content: 'text*' }, text: {} },
});

function placedDocument(words: readonly string[]): Placed & { readonly children: readonly Placed[] } {
  const nodes = words.map(word => schema.node('paragraph', null, word === '' ? [] : schema.text(word)));
  const children = nodes.map(node => ({ node, id: '', children: null, shows: null }));
  return { node: schema.node('doc', null, nodes), id: '', children, shows: null };
}

test('starts that were shifted are those that would be counted', () => {
  const before = placedDocument(['one', '', 'three', 'four', 'five']);
  expect([...startsOf(before)]).toEqual([0, 5, 7, 14, 20, 26]);
  const now = placedDocument(['one', 'two', 'three', 'fo', 'fives']);
  shiftStarts(before, now.children, [1, 3, 4]);
  expect([...startsOf(now)]).toEqual([...startsOf(placedDocument(['one', 'two', 'three', 'fo', 'fives']))]);
  expect([...startsOf(before)]).toEqual([0, 5, 7, 14, 20, 26]);
});

test('a place between two children belongs to the one that begins there', () => {
  const placed = placedDocument(['one', '', 'three']);
  expect([0, 4, 5, 6, 7, 13, 14].map(offset => childAt(placed, offset))).toEqual([0, 0, 1, 1, 2, 2, 3]);
  expect(childAt(placedDocument([]), 0)).toBe(0);
});
