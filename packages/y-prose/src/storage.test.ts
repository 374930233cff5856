import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { readSequence, type Sequence, writeSequence } from './index.ts';
import { NONE } from './values.ts';

const empty = () => new Y.Doc().getText('content');
const containersOf = (text: Y.Text) => Object.fromEntries(readSequence(text).containers);
const kind = { attributes: NONE, marks: NONE };

test('a container that has only a type and a place is stored as one text', () => {
  const text = empty();
  const containers = new Map([
    ['l', { type: 'bulletList', ...kind }],
    ['i', { type: 'listItem', in: 'l', ...kind }],
    ['o', { type: 'orderedList', in: '', attributes: { start: 3 }, marks: NONE }],
    ['x', { type: 'of two words', in: 'l', ...kind }],
    ['y', { type: '', in: 'of two words', ...kind }],
  ]);
  writeSequence(text, { attributes: NONE, containers, blocks: [] } satisfies Sequence);
  expect(text.getAttributes()).toEqual({
    l: 'bulletList',
    i: 'listItem l',
    o: { type: 'orderedList', in: '', '@start': 3 },
    x: { type: 'of two words', in: 'l' },
    y: ' of two words',
  });
  expect(containersOf(text)).toEqual(Object.fromEntries(containers));
});

test('containers are read from either form, and changed alike', () => {
  const [short, long] = [empty(), empty()];
  short.setAttribute('i', 'listItem l');
  long.setAttribute('i', { type: 'listItem', in: 'l' });
  expect(containersOf(long)).toEqual(containersOf(short));
  for (const text of [short, long]) {
    text.setAttribute('i.in', []);
    text.setAttribute('i.type', ['taskItem']);
    expect(containersOf(text)).toEqual({ i: { type: 'taskItem', ...kind } });
  }
});
