import { type Node, Schema } from 'prosemirror-model';
import type { Transaction } from 'prosemirror-state';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type BoundState, bindState, readDocument, updateDocument } from './index.ts';

const schema = new Schema({
  nodes: {
    doc: { content: 'block+' },
    paragraph: { content: 'inline*', group: 'block' },
    quote: { content: 'paragraph+', group: 'block' },
    rule: { group: 'block' },
    image: { inline: true, group: 'inline', attrs: { src: { default: '' } } },
    text: { group: 'inline' },
  },
  marks: { bold: {} },
});
const bold = schema.mark('bold');
const paragraph = (...content: Node[]) => schema.node('paragraph', null, content);

const editors: BoundState[] = [];
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
});

/** An editor, and how many pieces of formatting its text has. */
function open(...blocks: Node[]) {
  const text = new Y.Doc().getText('content');
  updateDocument(text, schema.node('doc', null, blocks));
  const editor = bindState(text, { schema });
  editors.push(editor);
  const formats = () => {
    let count = 0;
    for (let item = text._start; item !== null; item = item.right) {
      if (!item.deleted && item.content instanceof Y.ContentFormat) count++;
    }
    return count;
  };
  /** @returns how many items of Yjs the change took */
  const change = (make: (transaction: Transaction) => Transaction) => {
    const { store, clientID } = text.doc as Y.Doc;
    const before = Y.getState(store, clientID);
    editor.dispatch(make(editor.state.tr));
    expect(readDocument(text, schema).eq(editor.state.doc)).toBe(true);
    return Y.getState(store, clientID) - before;
  };
  return { editor, formats, change };
}

test('everything made bold is one stretch of formatting, and none once it is ordinary again', () => {
  const { editor, formats, change } = open(
    paragraph(schema.text('one '), schema.text('two', [bold])),
    schema.node('rule'),
    schema.node('quote', null, paragraph(schema.text('three'), schema.node('image'), schema.text('👍'))),
    paragraph(schema.text('four')),
  );
  const { size } = editor.state.doc.content;
  expect(formats()).toBe(2);
  change(transaction => transaction.addMark(0, size, bold));
  expect(formats()).toBe(2);
  expect(editor.state.doc.rangeHasMark(0, size, bold.type)).toBe(true);
  change(transaction => transaction.removeMark(0, size, bold));
  expect(formats()).toBe(0);
});

test('it does not go on through what lies between and stays ordinary', () => {
  const { editor, change } = open(
    paragraph(schema.text('one')),
    schema.node('quote', null, paragraph(schema.text('two'))),
    paragraph(schema.text('three')),
    paragraph(schema.text('four')),
  );
  expect(change(transaction => transaction.addMark(1, 4, bold).addMark(13, 18, bold))).toBe(4);
  expect(editor.state.doc.toString()).toBe(
    'doc(paragraph(bold("one")), quote(paragraph("two")), paragraph(bold("three")), paragraph("four"))',
  );
});

test('attributes that change along with marks are written, too', () => {
  const { editor, change } = open(paragraph(schema.text('one'), schema.node('image')));
  change(transaction => transaction.addMark(1, 4, bold).setNodeAttribute(4, 'src', 'a.png'));
  expect(editor.state.doc.nodeAt(4)?.attrs.src).toBe('a.png');
});
