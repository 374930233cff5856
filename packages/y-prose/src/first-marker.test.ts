import { setBlockType } from 'prosemirror-commands';
import { type Node, type NodeType, Schema } from 'prosemirror-model';
import { TextSelection } from 'prosemirror-state';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  type BoundState,
  bindState,
  readDocument,
  readSequence,
  redo,
  stopCapturing,
  undo,
  undoState,
  updateDocument,
  yUndo,
} from './index.ts';

const schema = new Schema({
  nodes: {
    doc: { content: 'block+' },
    paragraph: { content: 'text*', group: 'block' },
    heading: { content: 'text*', group: 'block', attrs: { level: { default: 1 }, align: { default: null } } },
    rule: { group: 'block' },
    text: {},
  },
});
const heading = schema.nodes.heading as NodeType;

const editors: BoundState[] = [];
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
});

/** Two people with the same text, empty unless something was in it, who do not hear of each other until they meet. */
function open(begin: (text: Y.Text) => void = () => {}, clients = [3_000_000, 4_000_000]) {
  const seed = new Y.Doc();
  seed.clientID = 5_000_000;
  begin(seed.getText('content'));
  const docs = clients.map(client => {
    const doc = new Y.Doc();
    doc.clientID = client;
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(seed));
    return doc;
  }) as [Y.Doc, Y.Doc];
  const [a, b] = docs.map(doc => bindState(doc.getText('content'), { schema, plugins: [yUndo()] })) as [
    BoundState,
    BoundState,
  ];
  editors.push(a, b);
  const meet = () => {
    const updates = docs.map(doc => Y.encodeStateAsUpdate(doc));
    for (const doc of docs) for (const update of updates) Y.applyUpdate(doc, update);
    expect(b.state.doc.toJSON()).toEqual(a.state.doc.toJSON());
    return a.state.doc;
  };
  return { a, b, docs, meet };
}

const write = ({ state, dispatch }: BoundState, text: string, at = 1) =>
  dispatch(state.tr.insertText(text, at));
const makeHeading = (editor: BoundState, level: number) =>
  setBlockType(heading, { level })(editor.state, editor.dispatch);
const shown = (doc: Node) => doc.toString();

test('two people who both make the first paragraph of a new document a heading have one heading', () => {
  const { a, b, meet } = open();
  makeHeading(a, 1);
  makeHeading(b, 2);
  write(a, 'one');
  write(b, 'two');
  const { childCount, firstChild } = meet();
  expect(childCount).toBe(1);
  expect(firstChild?.type).toBe(heading);
  expect(['onetwo', 'twoone']).toContain(firstChild?.textContent);
});

test('what they set of it merges by attribute', () => {
  const { a, b, meet } = open(text => text.insert(0, 'Hello'));
  makeHeading(a, 1);
  makeHeading(b, 1);
  a.dispatch(a.state.tr.setNodeAttribute(0, 'level', 3));
  b.dispatch(b.state.tr.setNodeAttribute(0, 'align', 'center'));
  expect(meet().toJSON().content).toEqual([
    { type: 'heading', attrs: { level: 3, align: 'center' }, content: [{ type: 'text', text: 'Hello' }] },
  ]);
});

test('one who takes back what they did leaves the other’s heading', () => {
  const { a, b, meet } = open();
  makeHeading(a, 1);
  write(b, 'Hello');
  makeHeading(b, 1);
  undo(a.state, a.dispatch);
  expect(shown(meet())).toBe('doc(heading("Hello"))');
});

test('the first key in a new document is one edit, and undo takes back the letter and not the marker', () => {
  const { a, docs } = open();
  const [doc] = docs;
  const updates: Uint8Array[] = [];
  doc.on('update', update => updates.push(update));
  write(a, 'x');
  expect(updates).toHaveLength(1);
  const text = doc.getText('content');
  const marker = readSequence(text).blocks[0]?.id;
  expect(marker).not.toBe('');
  undo(a.state, a.dispatch);
  expect(undoState(a.state)).toEqual({ canUndo: false, canRedo: true });
  expect(readSequence(text).blocks).toEqual([expect.objectContaining({ id: marker, content: [] })]);
  redo(a.state, a.dispatch);
  expect(shown(a.state.doc)).toBe('doc(paragraph("x"))');
});

test('a first marker that undo has brought back is not taken back with the first key', () => {
  const { a, b, meet } = open();
  write(a, 'x');
  a.dispatch(a.state.tr.insert(3, schema.node('rule')));
  stopCapturing(a.state);
  a.dispatch(a.state.tr.delete(0, 3));
  undo(a.state, a.dispatch);
  expect(shown(meet())).toBe('doc(paragraph("x"), rule)');
  b.dispatch(b.state.tr.setNodeMarkup(0, heading));
  expect(shown(meet())).toBe('doc(heading("x"), rule)');
  undo(a.state, a.dispatch);
  expect(shown(meet())).toBe('doc(heading)');
});

test('a cursor in an empty document stays in front of what somebody else begins to write', () => {
  const { a, b, meet } = open();
  b.dispatch(b.state.tr.setSelection(TextSelection.create(b.state.doc, 1)));
  for (const [typed, letter] of [...'Hello'].entries()) {
    write(a, letter, 1 + typed);
    meet();
    expect(b.state.selection.head).toBe(1);
  }
});

test('text without marker is shown as it was, and stays where it is when it gets one', () => {
  const { a, b, docs, meet } = open(text => text.insert(0, 'Hello world'));
  expect(shown(a.state.doc)).toBe('doc(paragraph("Hello world"))');
  const anchor = Y.createRelativePositionFromTypeIndex(docs[0].getText('content'), 6);
  write(b, 'Oh: ');
  // As an application that does not know of markers yet.
  docs[0].getText('content').insert(0, '- ');
  expect(['doc(paragraph("Oh: - Hello world"))', 'doc(paragraph("- Oh: Hello world"))']).toContain(
    shown(meet()),
  );
  const { index } = Y.createAbsolutePositionFromRelativePosition(anchor, docs[0]) ?? {};
  expect(
    docs[0]
      .getText('content')
      .toString()
      .slice(index === undefined ? 0 : index - 1),
  ).toBe('world');
});

test('a block that comes before the first, and one that is written behind it', () => {
  const { a, b, meet } = open();
  write(a, 'Hello');
  a.dispatch(a.state.tr.insert(0, schema.node('rule')));
  b.dispatch(b.state.tr.insert(2, schema.node('heading', null, schema.text('End'))));
  expect(shown(meet())).toBe('doc(rule, paragraph("Hello"), heading("End"))');
});

test('it is written once, and not where its place is uncertain', () => {
  const { a, docs } = open();
  write(a, 'x');
  write(a, 'y');
  const blocks = readSequence(docs[0].getText('content')).blocks;
  expect(blocks).toHaveLength(1);
  expect(blocks[0]?.id).not.toBe('');
  const small = open(text => text.insert(0, 'Hello'), [1, 2]);
  write(small.a, 'Oh: ');
  write(small.b, '!', 6);
  expect(shown(small.meet())).toBe('doc(paragraph("Oh: Hello!"))');
});

test('programs that begin the same document write the same marker', () => {
  const docs = [new Y.Doc(), new Y.Doc()];
  for (const [index, doc] of docs.entries()) {
    doc.clientID = 3_000_000 + index;
    updateDocument(
      doc.getText('content'),
      schema.node('doc', null, schema.node('heading', null, schema.text(`${index}`))),
    );
  }
  const [first, second] = docs as [Y.Doc, Y.Doc];
  Y.applyUpdate(first, Y.encodeStateAsUpdate(second));
  expect(['doc(heading("01"))', 'doc(heading("10"))']).toContain(
    shown(readDocument(first.getText('content'), schema)),
  );
});

test('a text within another type has none of its own', () => {
  const doc = new Y.Doc();
  doc.clientID = 3_000_000;
  const text = doc.getMap('notes').set('note', new Y.Text()) as Y.Text;
  const editor = bindState(text, { schema });
  editors.push(editor);
  write(editor, 'Hello');
  makeHeading(editor, 1);
  expect(shown(readDocument(text, schema))).toBe('doc(heading("Hello"))');
});
