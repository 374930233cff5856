import { Schema } from 'prosemirror-model';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { readDocument, writeSequence } from './index.ts';
import { LiveSequence } from './live.ts';
import { writeChanges } from './write-changes.ts';

const schema = new Schema({
  nodes: {
    doc: { content: 'row+' },
    row: { content: 'cell cell' },
    cell: { content: 'paragraph+', attrs: { color: { default: null } } },
    paragraph: { content: 'text*' },
    text: {},
  },
});

test('what only the schema asks for is written out as it is shown, whatever once had its id', () => {
  const text = new Y.Doc().getText('content');
  const plain = { attributes: {}, marks: {} };
  writeSequence(text, {
    attributes: {},
    containers: new Map([
      ['r', { type: 'row', ...plain }],
      ['a', { type: 'cell', in: 'r', ...plain }],
      // Nothing is in it any more: the cell that is shown in its place is another.
      ['r/1', { type: 'cell', in: 'r', attributes: { color: 'red' }, marks: {} }],
    ]),
    blocks: [{ id: '0:0', in: 'a', ...plain, content: [{ text: 'x', formats: {} }] }],
  });
  const shown = readDocument(text, schema);
  expect(shown.toString()).toBe('doc(row(cell(paragraph("x")), cell(paragraph)))');
  text.doc?.transact(transaction => {
    writeChanges(new LiveSequence(text, schema), shown, null, transaction, 'all');
  });
  expect(readDocument(text, schema).toJSON()).toEqual(shown.toJSON());
});
