import { joinBackward, setBlockType, splitBlock, wrapIn } from 'prosemirror-commands';
import type { Node, NodeType } from 'prosemirror-model';
import { liftListItem, sinkListItem, wrapInList } from 'prosemirror-schema-list';
import { type Command, TextSelection } from 'prosemirror-state';
import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  type BoundState,
  bindState,
  changesSince,
  fromRelativePosition,
  readAuthors,
  readSequence,
  toRelativePosition,
  updateDocument,
} from '../src/index.ts';
import { ROOT } from './same.ts';
import { doc, li, marked, p, ul } from './scenarios/build.ts';
import { notation } from './scenarios/notation.ts';
import { schema } from './schema.ts';

// What suggestions, comments, authorship and versions will need of the model.

const { nodes } = schema;
const [ANN, BEN] = [3_000_000, 4_000_000];

const editors: BoundState[] = [];
afterEach(() => {
  for (const editor of editors.splice(0)) editor.destroy();
});

/** Two people with the same document, who hear of each other when they meet. */
function open(start: Node) {
  const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
  [mine.clientID, theirs.clientID] = [ANN, BEN];
  updateDocument(mine.getText(ROOT), start);
  Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine));
  const bind = (made: Y.Doc) => bindState(made.getText(ROOT), { schema });
  const [ann, ben] = [bind(mine), bind(theirs)];
  editors.push(ann, ben);
  const meet = () => {
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine, Y.encodeStateVector(theirs)));
    Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs, Y.encodeStateVector(mine)));
    expect(ben.state.doc.toJSON()).toEqual(ann.state.doc.toJSON());
    return notation(ann.state.doc);
  };
  return { ann, ben, meet, text: mine.getText(ROOT) };
}

const find = ({ state }: BoundState, words: string): number => {
  let found = -1;
  state.doc.descendants((node, position) => {
    const at = node.text?.indexOf(words) ?? -1;
    if (at >= 0) found = position + at;
  });
  return found;
};
const type = (editor: BoundState, before: string, words: string) =>
  editor.dispatch(editor.state.tr.insertText(words, find(editor, before)));

/** Runs a command with the cursor in front of some words. */
function run(editor: BoundState, before: string, command: Command): void {
  const { tr } = editor.state;
  editor.dispatch(tr.setSelection(TextSelection.create(tr.doc, find(editor, before))));
  if (!command(editor.state, editor.dispatch)) throw new Error(`Impossible in ${editor.state.doc}`);
}

describe('a suggestion', () => {
  const suggest = (editor: BoundState, words: string, mark: string) => {
    const from = find(editor, words);
    editor.dispatch(editor.state.tr.addMark(from, from + words.length, schema.mark(mark, { by: 'ann' })));
  };

  test('to insert words reaches everybody, and grows with what is typed in it', () => {
    const { ann, ben, meet } = open(doc(p('Hello world')));
    ann.dispatch(
      ann.state.tr.insert(
        find(ann, 'world'),
        schema.text('brave ', [schema.mark('insertion', { by: 'ann' })]),
      ),
    );
    meet();
    type(ben, 'ave', '-');
    expect(meet()).toBe('p(Hello insertion{br-ave }world)');
  });

  test('to delete words stays on them, whatever becomes of the block', () => {
    const { ann, ben, meet } = open(doc(p('Before'), p('Hello world')));
    suggest(ann, 'lo wor', 'deletion');
    run(ben, 'world', splitBlock);
    run(ben, 'Hello', wrapIn(nodes.quote as NodeType));
    expect(meet()).toBe('p(Before) quote(p(Heldeletion{lo })) p(deletion{wor}ld)');
  });

  test('on a block as a whole, and on a container, stays while another writes in it and it becomes something else', () => {
    const { ann, ben, meet } = open(doc(p('Hello'), ul(li(p('one')))));
    const mark = schema.mark('deletion', { by: 'ann' });
    ann.dispatch(ann.state.tr.addNodeMark(0, mark).addNodeMark(7, mark));
    type(ben, 'lo', 'p');
    run(ben, 'Help', setBlockType(nodes.heading as NodeType, { level: 2 }));
    type(ben, 'one', 'no ');
    expect(meet()).toBe('deletion{h2(Helplo)} deletion{ul(li(p(no one)))}');
  });

  test('to change an attribute is an attribute or a mark like any other, and is taken back by itself', () => {
    const { ann, ben, meet } = open(doc(p('Hello')));
    ann.dispatch(ann.state.tr.addNodeMark(0, schema.mark('insertion', { by: 'ann' })));
    meet();
    ben.dispatch(ben.state.tr.removeNodeMark(0, schema.mark('insertion', { by: 'ann' })));
    ann.dispatch(ann.state.tr.setNodeAttribute(0, 'align', 'center'));
    expect(meet()).toBe('p align=center(Hello)');
  });
});

describe('a comment’s anchors stay on its words when another', () => {
  const list = doc(ul(li(p('Before')), li(p('Hello brave world')), li(p('After'))));
  const plain = doc(p('Before'), p('Hello brave world'), p('After'));
  test.each<[string, Node, string, Command]>([
    ['splits the block in front of them', plain, 'brave', splitBlock],
    ['splits the block within them', plain, 'ave', splitBlock],
    ['splits the block behind them', plain, 'world', splitBlock],
    ['joins the block to the one before', plain, 'Hello', joinBackward],
    ['joins the next block to it', plain, 'After', joinBackward],
    ['makes it a heading', plain, 'Hello', setBlockType(nodes.heading as NodeType)],
    ['makes it code', plain, 'Hello', setBlockType(nodes.codeBlock as NodeType)],
    ['wraps it in a quote', plain, 'Hello', wrapIn(nodes.quote as NodeType)],
    ['wraps it in a list', plain, 'Hello', wrapInList(nodes.bulletList as NodeType)],
    ['indents it', list, 'Hello', sinkListItem(nodes.listItem as NodeType)],
    ['takes it out of the list', list, 'Hello', liftListItem(nodes.listItem as NodeType)],
  ])('%s', (_, start, place, command) => {
    const { ann, ben, meet } = open(start);
    const from = find(ann, 'brave');
    const ends = [toRelativePosition(ann.state, from, 1), toRelativePosition(ann.state, from + 5, -1)];
    run(ben, place, command);
    type(ben, 'Hello', 'Oh: ');
    meet();
    for (const { state } of [ann, ben]) {
      const [start = 0, end = 0] = ends.map(
        position => position && fromRelativePosition(state, position),
      ) as number[];
      expect(state.doc.textBetween(start, end)).toBe('brave');
    }
  });
});

test('authorship is known of every character and inline node, also when blocks are split and joined', () => {
  const { ann, ben, meet, text } = open(doc(p('Hello world'), p(marked('bold', 'bold'))));
  type(ben, 'world', 'brave ');
  ben.dispatch(ben.state.tr.insert(1, schema.node('image', { src: 'a.png' })));
  meet();
  run(ann, 'ave', splitBlock);
  run(ann, 'bold', joinBackward);
  meet();
  const authors = readAuthors(text);
  expect([...authors.keys()]).toEqual(readSequence(text).blocks.map(({ id }) => id));
  expect([...authors.values()]).toEqual([
    [
      { client: BEN, length: 1 },
      { client: ANN, length: 6 },
      { client: BEN, length: 2 },
    ],
    [
      { client: BEN, length: 4 },
      { client: ANN, length: 9 },
    ],
  ]);
});

test('the difference between two versions is found in the sequence, whoever wrote it', () => {
  const { ann, ben, meet, text } = open(doc(p('Hello world'), p('After')));
  const seen = Y.snapshot(text.doc as Y.Doc);
  type(ann, 'world', 'brave ');
  run(ben, 'After', setBlockType(nodes.heading as NodeType));
  meet();
  const changes = changesSince(ann.state, { seen, own: [] });
  expect(changes).toEqual([
    { from: 0, to: 19, byBoth: false, inserted: [{ from: 7, to: 13 }], deleted: [] },
    { from: 19, to: 26, byBoth: false, inserted: [], deleted: [] },
  ]);
});
