import { type Node, Schema } from 'prosemirror-model';
import type { Transaction } from 'prosemirror-state';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  type BoundState,
  bindState,
  readDocument,
  toSequence,
  updateDocument,
  writeSequence,
} from './index.ts';
import { LiveSequence } from './live.ts';
import { changedWindow } from './window.ts';
import { writeFormats } from './write-formats.ts';

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
  return { editor, text, formats, change };
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
  const { editor, text, change } = open(
    paragraph(schema.text('one')),
    schema.node('quote', null, paragraph(schema.text('two'))),
    paragraph(schema.text('three')),
    paragraph(schema.text('four')),
  );
  // By itself, without the second look that a change gets.
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(text.doc as Y.Doc));
  const live = new LiveSequence(copy.getText('content'), schema);
  const { doc } = editor.state.tr.addMark(1, 4, bold).addMark(13, 18, bold);
  copy.transact(transaction => writeFormats(live, changedWindow(live.tree.root, doc), transaction));
  expect(readDocument(live.text, schema).toJSON()).toEqual(doc.toJSON());

  expect(change(transaction => transaction.addMark(1, 4, bold).addMark(13, 18, bold))).toBe(4);
  expect(editor.state.doc.toString()).toBe(
    'doc(paragraph(bold("one")), quote(paragraph("two")), paragraph(bold("three")), paragraph("four"))',
  );
});

test('formatting that the schema does not know goes on through what is typed in it', () => {
  const { editor, text, formats } = open(paragraph(schema.text('ordinary')));
  text.format(1, 8, { glow: true });
  const before = formats();
  editor.dispatch(editor.state.tr.insertText('-', 4));
  expect(formats()).toBe(before);
  expect(text.toDelta().at(-1)).toEqual({ insert: 'ord-inary', attributes: { glow: true } });
});

test('formatting that ends with a block ends before the next one begins', () => {
  const text = new Y.Doc().getText('content');
  const document = schema.node('doc', null, [
    paragraph(schema.text('one', [bold])),
    paragraph(schema.text('two')),
  ]);
  writeSequence(text, toSequence(document));
  const contents: unknown[] = [];
  for (let item = text._start; item !== null; item = item.right) contents.push(item.content.constructor);
  const { ContentType: marker, ContentFormat: format, ContentString: words } = Y;
  expect(contents).toEqual([marker, format, words, format, marker, words]);
});

test('attributes that change along with marks are written, too', () => {
  const { editor, change } = open(paragraph(schema.text('one'), schema.node('image')));
  change(transaction => transaction.addMark(1, 4, bold).setNodeAttribute(4, 'src', 'a.png'));
  expect(editor.state.doc.nodeAt(4)?.attrs.src).toBe('a.png');
});
