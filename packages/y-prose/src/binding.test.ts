import { joinBackward, lift, setBlockType, splitBlock, wrapIn } from 'prosemirror-commands';
import { type Node, type NodeType, Schema } from 'prosemirror-model';
import { sinkListItem } from 'prosemirror-schema-list';
import { type Command, type EditorState, Plugin, TextSelection } from 'prosemirror-state';
import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  type BoundState,
  bindState,
  fromRelativePosition,
  readDocument,
  toRelativePosition,
  toSequence,
  undo,
  updateDocument,
  writeSequence,
  yUndo,
} from './index.ts';

const schema = new Schema({
  nodes: {
    doc: { content: 'block+' },
    paragraph: { content: 'inline*', group: 'block' },
    heading: { content: 'inline*', group: 'block', attrs: { level: { default: 1 } } },
    quote: { content: 'block+', group: 'block' },
    list: { content: 'item+', group: 'block' },
    item: { content: 'paragraph block*' },
    rule: { group: 'block' },
    text: { group: 'inline' },
    image: { inline: true, group: 'inline', attrs: { src: {} } },
  },
  marks: { bold: {} },
});

const kind = (name: string) => schema.nodes[name] as NodeType;
const p = (text: string) => schema.node('paragraph', null, text === '' ? [] : [schema.text(text)]);
const doc = (...nodes: Node[]) => schema.node('doc', null, nodes);

const editors: BoundState[] = [];
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
});

interface Meeting {
  a: BoundState;
  b: BoundState;
  docs: [Y.Doc, Y.Doc];
  sync(): void;
}

function start(content: Node): Meeting {
  const docs: [Y.Doc, Y.Doc] = [new Y.Doc(), new Y.Doc()];
  for (const [index, made] of docs.entries()) made.clientID = index + 1;
  const [first] = docs;
  writeSequence(first.getText('content'), toSequence(content));
  const sync = () => {
    for (const from of docs)
      for (const to of docs) {
        if (from !== to) Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)));
      }
  };
  sync();
  const bind = (document: Y.Doc) => bindState(document.getText('content'), { schema, plugins: [yUndo()] });
  const [a, b] = [bind(first), bind(docs[1])];
  editors.push(a, b);
  return { a, b, docs, sync };
}

const select = (editor: BoundState, from: number, to = from) =>
  editor.dispatch(editor.state.tr.setSelection(TextSelection.create(editor.state.doc, from, to)));
const run = (editor: BoundState, command: Command) => command(editor.state, editor.dispatch);
const type = (editor: BoundState, at: number, text: string) =>
  editor.dispatch(editor.state.tr.insertText(text, at));
const shown = ({ state }: { state: EditorState }) => state.doc.toString();

describe('two people', () => {
  test.each<[string, Command, string]>([
    ['heading', setBlockType(kind('heading')), 'doc(paragraph("before"), heading("Hello brave world"))'],
    ['quote', wrapIn(kind('quote')), 'doc(paragraph("before"), quote(paragraph("Hello brave world")))'],
    ['join', joinBackward, 'doc(paragraph("beforeHello brave world"))'],
    ['split', splitBlock, 'doc(paragraph("before"), paragraph, paragraph("Hello brave world"))'],
  ])('typing while another makes it a %s', (_, command, expected) => {
    const { a, b, sync } = start(doc(p('before'), p('Hello world')));
    type(a, 15, 'brave ');
    select(b, 9);
    run(b, command);
    sync();
    expect(shown(a)).toBe(expected);
    expect(shown(b)).toBe(expected);
  });
  test('one lifts a block out of a quote and takes it back', () => {
    const { a, b, sync } = start(doc(schema.node('quote', null, [p('one'), p('two')]), p('x')));
    select(a, 3);
    run(a, lift);
    sync();
    expect(shown(b)).toBe('doc(paragraph("one"), quote(paragraph("two")), paragraph("x"))');
    undo(a.state, a.dispatch);
    sync();
    expect(shown(a)).toBe('doc(quote(paragraph("one"), paragraph("two")), paragraph("x"))');
    expect(shown(b)).toBe(shown(a));
  });
  test('formatting while another types', () => {
    const { a, b, sync, docs } = start(doc(p('one two three'), p('four')));
    a.dispatch(a.state.tr.addMark(5, 19, schema.mark('bold')));
    sync();
    expect(b.state.doc.toJSON()).toEqual(a.state.doc.toJSON());
    type(b, 7, 'X');
    a.dispatch(a.state.tr.removeMark(6, 16, schema.mark('bold')));
    sync();
    expect(b.state.doc.toJSON()).toEqual(a.state.doc.toJSON());
    expect(readDocument(docs[0].getText('content'), schema).toJSON()).toEqual(a.state.doc.toJSON());
  });
  test('an anchor stays on its text when blocks are joined and wrapped', () => {
    const { a, b, sync } = start(doc(p('before'), p('Hello world')));
    const anchor = toRelativePosition(a.state, 15) as Y.RelativePosition;
    select(b, 9);
    run(b, joinBackward);
    run(b, wrapIn(kind('quote')));
    sync();
    expect(a.state.doc.resolve(fromRelativePosition(a.state, anchor) ?? 0).nodeAfter?.text).toBe('world');
  });
  test('indenting an item names its containers and touches no text', () => {
    const item = (text: string) => schema.node('item', null, p(text));
    const { a, b, docs, sync } = start(doc(schema.node('list', null, [item('one'), item('two')])));
    const updates: Uint8Array[] = [];
    docs[0].on('update', update => updates.push(update));
    select(a, 10);
    run(a, sinkListItem(kind('item')));
    sync();
    expect(shown(b)).toBe('doc(list(item(paragraph("one"), list(item(paragraph("two"))))))');
    const written = updates.flatMap(update => Y.decodeUpdate(update).structs);
    expect(written.map(item => item instanceof Y.Item && item.content.constructor.name)).toEqual([
      'ContentAny',
      'ContentAny',
    ]);
  });
  test('a program that uses the text directly finds its places after an edit', () => {
    const { a, b, docs, sync } = start(doc(p('before'), p('')));
    type(b, 9, 'Hello');
    sync();
    const text = docs[0].getText('content');
    text.insert(12, 'A');
    type(a, 2, 'XYZ');
    text.insert(15, 'B');
    expect(text.toString()).toBe('bXYZeforeHellBAo');
  });
  test('a program that edits twice in one transaction of Yjs sends one update', () => {
    const { a, b, docs, sync } = start(doc(p('one'), p('two')));
    let updates = 0;
    docs[0].on('update', () => updates++);
    docs[0].transact(() => {
      type(a, 4, '!');
      select(a, 7);
      run(a, wrapIn(kind('quote')));
      type(a, 11, '?');
    });
    expect(updates).toBe(1);
    sync();
    expect(shown(a)).toBe('doc(paragraph("one!"), quote(paragraph("two?")))');
    expect(shown(b)).toBe(shown(a));
    type(b, 1, 'x');
    sync();
    expect(shown(a)).toBe('doc(paragraph("xone!"), quote(paragraph("two?")))');
  });

  test('a program writes only the difference', () => {
    const { a, b, sync, docs } = start(doc(p('before'), p('Hello world'), p('z')));
    const seen = Y.encodeStateVector(docs[0]);
    updateDocument(docs[0].getText('content'), doc(p('before'), p('Hello brave world'), p('z')));
    expect(Y.encodeStateAsUpdate(docs[0], seen).length).toBeLessThan(40);
    sync();
    expect(shown(b)).toBe('doc(paragraph("before"), paragraph("Hello brave world"), paragraph("z"))');
    expect(shown(a)).toBe(shown(b));
  });
});

describe('a cursor at the end of a line', () => {
  const cursor = ({ state }: BoundState) => state.selection.head;

  test('stays in front of what another appends, and behind what one types oneself', () => {
    const { a, b, sync } = start(doc(p('Hello'), p('x')));
    select(a, 6);
    type(b, 6, ' world');
    sync();
    expect(cursor(a)).toBe(6);
    a.dispatch(a.state.tr.insertText('!'));
    sync();
    expect(cursor(a)).toBe(7);
    expect(shown(b)).toBe('doc(paragraph("Hello! world"), paragraph("x"))');
  });
  test('stays in the line when another presses Enter there', () => {
    const { a, b, sync } = start(doc(p('Hello'), p('x')));
    select(a, 6);
    select(b, 6);
    run(b, splitBlock);
    sync();
    expect(cursor(a)).toBe(6);
  });
  test('elsewhere goes along with the text behind it', () => {
    const { a, b, sync } = start(doc(p('Hello'), p('x')));
    select(a, 3);
    type(b, 3, '-');
    sync();
    expect(cursor(a)).toBe(4);
  });
});

test('what a plugin throws at is shown all the same', () => {
  const touchy = new Plugin({
    appendTransaction: ([transaction]) => {
      if (transaction?.doc.textContent.includes('world')) throw new RangeError('No world');
      return null;
    },
  });
  const { b, docs } = start(doc(p('Hello')));
  const text = docs[0].getText('content');
  editors.push(bindState(text, { schema, plugins: [touchy] }));
  type(b, 6, ' world');
  expect(() => Y.applyUpdate(docs[0], Y.encodeStateAsUpdate(docs[1]))).toThrow('No world');
  expect(shown(editors.at(-1) as BoundState)).toBe('doc(paragraph("Hello world"))');
  expect(readDocument(text, schema).toString()).toBe('doc(paragraph("Hello world"))');
});

test('what a plugin refuses to show is shown all the same: the next edit does not take it back', () => {
  const short = new Plugin({ filterTransaction: ({ doc: { textContent } }) => textContent.length <= 5 });
  const { b, docs, sync } = start(doc(p('Hello')));
  const text = docs[0].getText('content');
  const limited = bindState(text, { schema, plugins: [short] });
  editors.push(limited);
  type(b, 6, ' world');
  sync();
  expect(shown(limited)).toBe('doc(paragraph("Hello world"))');
  type(limited, 1, 'Oh: ');
  expect(shown(limited)).toBe('doc(paragraph("Hello world"))');
  limited.dispatch(limited.state.tr.delete(3, 12));
  sync();
  expect(shown(b)).toBe('doc(paragraph("He"))');
});
