import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { schema } from '../test/schema.ts';
import { bindState, updateDocument, wordsIn } from './index.ts';

const paragraph = (text: string) => schema.node('paragraph', null, [schema.text(text)]);

/** Somebody writes into a document: gives the updates that this makes, which alone are not the document. */
function written(write: (insert: (text: string, at: number) => void, split: (at: number) => void) => void) {
  const doc = new Y.Doc();
  updateDocument(doc.getText('text'), schema.node('doc', null, [paragraph('one'), paragraph('two')]));
  const updates: Uint8Array[] = [];
  doc.on('update', update => updates.push(update));
  const bound = bindState(doc.getText('text'), { schema });
  write(
    (text, at) => bound.dispatch(bound.state.tr.insertText(text, at)),
    at => bound.dispatch(bound.state.tr.split(at)),
  );
  bound.destroy();
  return updates;
}

test('the words of updates are read without the document that they belong to', () => {
  const updates = written(insert => {
    for (const [index, letter] of [...' and more'].entries()) insert(letter, 4 + index);
    insert(' behind', 4 + 9 + 2 + 3);
  });
  expect(wordsIn(updates)).toBe('and more\nbehind');
});

test('a block that the updates begin is a line of its own', () => {
  const updates = written((insert, split) => {
    insert(' and', 4);
    split(8);
    insert('next', 10);
  });
  expect(wordsIn(updates)).toBe('and\nnext');
});

test('words that the same updates delete again are none', () => {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', update => updates.push(update));
  doc.getText('text').insert(0, 'never mind this');
  doc.getText('text').delete(0, 11);
  expect(wordsIn(updates)).toBe('this');
  expect(wordsIn([])).toBe('');
});
