import { Schema } from 'prosemirror-model';
import { EditorState, Selection, TextSelection, type Transaction } from 'prosemirror-state';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { bindState, readDocument, toSequence, undo, writeSequence, ySync, yUndo } from './index.ts';
import { type Session, sessionOf } from './sync.ts';

const schema = new Schema({
  nodes: {
    doc: { content: 'block+' },
    paragraph: { content: 'text*', group: 'block' },
    quote: { content: 'block+', group: 'block' },
    text: {},
  },
});
const p = (text: string) => schema.node('paragraph', null, text === '' ? [] : [schema.text(text)]);

/** An editor in which an input method may be composing, and another one that works on the same text meanwhile. */
function compose(...paragraphs: string[]) {
  return composeIn(text => writeSequence(text, toSequence(schema.node('doc', null, paragraphs.map(p)))));
}

function composeIn(begin: (text: Y.Text) => void) {
  const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
  [mine.clientID, theirs.clientID] = [3_000_000, 4_000_000];
  const text = mine.getText('content');
  begin(text);
  const sync = () => {
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine, Y.encodeStateVector(theirs)));
    Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs, Y.encodeStateVector(mine)));
  };
  sync();
  let state = EditorState.create({ doc: readDocument(text, schema), plugins: [ySync(text), yUndo()] });
  let isComposing = true;
  const session = sessionOf(state) as Session;
  const editor = {
    get state() {
      return state;
    },
    dispatch(transaction: Transaction) {
      state = state.apply(transaction);
      session.binding?.write();
    },
    update(next: EditorState) {
      state = next;
    },
    composingAt: () => (isComposing ? state.selection.$from.pos : null),
  };
  session.bind(editor).begin();
  const other = bindState(theirs.getText('content'), { schema });
  const select = (at: number) => editor.dispatch(state.tr.setSelection(TextSelection.create(state.doc, at)));
  const finish = () => {
    isComposing = false;
    session.binding?.catchUp();
  };
  return { editor, other, select, sync, finish, mine };
}

test('what others write into the paragraph that is being composed waits', () => {
  const { editor, other, select, sync, finish } = compose('before', 'Hello world', 'after');
  select(14);
  other.dispatch(other.state.tr.insertText('Oh: ', 9));
  sync();
  expect(editor.state.doc.child(1).textContent).toBe('Hello world');
  editor.dispatch(editor.state.tr.insertText('に', 14));
  editor.dispatch(editor.state.tr.insertText('日本', 14, 15));
  other.dispatch(other.state.tr.insertText('!', other.state.doc.content.size - 8));
  sync();
  expect(editor.state.doc.child(1).textContent).toBe('Hello日本 world');
  expect(other.state.doc.child(1).textContent).toBe('Oh: Hello日本 world!');
  finish();
  expect(editor.state.doc.toJSON()).toEqual(other.state.doc.toJSON());
  expect(editor.state.selection.$head.parentOffset).toBe('Oh: Hello日本'.length);
});

test('what others write elsewhere shows at once, also while the paragraph waits', () => {
  const { editor, other, select, sync, finish } = compose('before', 'Hello world', 'after');
  select(14);
  other.dispatch(other.state.tr.insertText('Oh: ', 9));
  sync();
  editor.dispatch(editor.state.tr.insertText('に', 14));
  const composed = editor.state.doc.child(1);
  // Before it and behind it at once, and the paragraph itself.
  other.dispatch(other.state.tr.insertText('X', 1));
  other.dispatch(other.state.tr.insertText('Y', other.state.doc.content.size - 1));
  other.dispatch(other.state.tr.insertText('Ah! ', 10));
  sync();
  expect(editor.state.doc.toString()).toBe(
    'doc(paragraph("Xbefore"), paragraph("Helloに world"), paragraph("afterY"))',
  );
  expect(editor.state.doc.child(1)).toBe(composed);
  expect(editor.state.selection.$head.parentOffset).toBe('Helloに'.length);
  other.dispatch(other.state.tr.insert(0, p('new')));
  other.dispatch(other.state.tr.delete(other.state.doc.content.size - 8, other.state.doc.content.size));
  sync();
  expect(editor.state.doc.toString()).toBe(
    'doc(paragraph("new"), paragraph("Xbefore"), paragraph("Helloに world"))',
  );
  expect(editor.state.doc.child(2)).toBe(composed);
  editor.dispatch(
    editor.state.tr.insertText('日本', editor.state.selection.head - 1, editor.state.selection.head),
  );
  sync();
  expect(other.state.doc.child(2).textContent).toBe('Ah! Oh: Hello日本 world');
  finish();
  expect(editor.state.doc.toJSON()).toEqual(other.state.doc.toJSON());
  expect(editor.state.selection.$head.parentOffset).toBe('Ah! Oh: Hello日本'.length);
});

test('split while it is composed in, a paragraph waits with everything else until the end', () => {
  const { editor, other, select, sync, finish } = compose('before', 'Hello world', 'after');
  select(14);
  other.dispatch(other.state.tr.insertText('Oh: ', 9));
  sync();
  other.dispatch(other.state.tr.split(other.state.doc.content.size - 13));
  sync();
  other.dispatch(other.state.tr.insertText('X', 1));
  sync();
  expect(editor.state.doc.toString()).toBe(
    'doc(paragraph("before"), paragraph("Hello world"), paragraph("after"))',
  );
  editor.dispatch(editor.state.tr.insertText('に', 14));
  finish();
  sync();
  expect(editor.state.doc.toString()).toBe(
    'doc(paragraph("Xbefore"), paragraph("Oh: Helloに "), paragraph("world"), paragraph("after"))',
  );
  expect(other.state.doc.toJSON()).toEqual(editor.state.doc.toJSON());
});

test('what somebody takes back shows at once, whatever waits', () => {
  const { editor, other, select, sync } = compose('before', 'Hello world', 'after');
  select(14);
  editor.dispatch(editor.state.tr.insertText('!', 14));
  other.dispatch(other.state.tr.insertText('Oh: ', 9));
  sync();
  expect(editor.state.doc.child(1).textContent).toBe('Hello! world');
  undo(editor.state, editor.dispatch);
  expect(editor.state.doc.child(1).textContent).toBe('Oh: Hello world');
});

test('what others write elsewhere does not wait', () => {
  const { editor, other, select, sync } = compose('before', 'Hello world', 'after');
  select(14);
  other.dispatch(other.state.tr.insertText('Oh: ', 1));
  sync();
  expect(editor.state.doc.child(0).textContent).toBe('Oh: before');
});

test('joined, wrapped and deleted while it is composed, a paragraph keeps what was composed', () => {
  const { editor, other, select, sync, finish } = compose('before', 'Hello world', 'after');
  select(14);
  other.dispatch(other.state.tr.join(8));
  const { $from } = Selection.atStart(other.state.doc);
  const range = $from.blockRange();
  if (range !== null) other.dispatch(other.state.tr.wrap(range, [{ type: schema.nodes.quote as never }]));
  sync();
  editor.dispatch(editor.state.tr.insertText('日本', 14));
  sync();
  expect(editor.state.doc.childCount).toBe(3);
  finish();
  expect(editor.state.doc.toString()).toBe(
    'doc(quote(paragraph("beforeHello日本 world")), paragraph("after"))',
  );
  sync();
  expect(other.state.doc.toJSON()).toEqual(editor.state.doc.toJSON());
});

test.each([
  ['which has no marker', (text: Y.Text) => text.insert(0, 'Hello world')],
  [
    'which has a marker',
    (text: Y.Text) => writeSequence(text, toSequence(schema.node('doc', null, [p('Hello world')]))),
  ],
])('the first paragraph, %s, can be composed while others write into it', (_, begin) => {
  const { editor, other, select, sync, finish } = composeIn(begin);
  select(7);
  editor.dispatch(editor.state.tr.insertText('ni', 7));
  sync();
  for (const [at, letter] of [...'Oh! '].entries()) {
    other.dispatch(other.state.tr.insertText(letter, at + 1));
    sync();
  }
  editor.dispatch(editor.state.tr.insertText('h', 9));
  sync();
  expect(editor.state.doc.textContent).toBe('Hello nihworld');
  editor.dispatch(editor.state.tr.insertText('ao', 10));
  editor.dispatch(editor.state.tr.insertText('你好 ', 7, 12));
  finish();
  sync();
  expect(editor.state.doc.toString()).toBe('doc(paragraph("Oh! Hello 你好 world"))');
  expect(other.state.doc.toJSON()).toEqual(editor.state.doc.toJSON());
});

test('in a new document two people begin the same paragraph, one of them with an input method', () => {
  const { editor, other, sync, finish } = composeIn(() => {});
  editor.dispatch(editor.state.tr.insertText('ni', 1));
  other.dispatch(other.state.tr.insertText('Hello', 1));
  sync();
  expect(editor.state.doc.textContent).toBe('ni');
  editor.dispatch(editor.state.tr.insertText('你', 1, 3));
  finish();
  sync();
  expect(editor.state.doc.childCount).toBe(1);
  expect(['Hello你', '你Hello']).toContain(editor.state.doc.textContent);
  expect(other.state.doc.toJSON()).toEqual(editor.state.doc.toJSON());
});
