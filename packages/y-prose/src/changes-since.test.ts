import type { Node } from 'prosemirror-model';
import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { schema } from '../test/schema.ts';
import { type BoundState, bindState, changesIn, changesSince, updateDocument } from './index.ts';

const opened: BoundState[] = [];
afterEach(() => {
  for (const bound of opened.splice(0)) bound.destroy();
});

const paragraph = (text: string) => schema.node('paragraph', null, text === '' ? [] : [schema.text(text)]);

function open(doc: Y.Doc): BoundState {
  const bound = bindState(doc.getText('text'), { schema });
  opened.push(bound);
  return bound;
}

/** Two people with the same paragraphs; the first goes away, and comes back to what the second has made of them. */
function scene(...paragraphs: string[]) {
  const [mine, theirs] = [new Y.Doc(), new Y.Doc()];
  mine.clientID = 1;
  theirs.clientID = 2;
  updateDocument(mine.getText('text'), schema.node('doc', null, paragraphs.map(paragraph)));
  Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine));
  const [me, them] = [open(mine), open(theirs)];
  const seen = Y.snapshot(mine);
  const own: Uint8Array[] = [];
  mine.on('update', update => own.push(update));
  return {
    me,
    them,
    own,
    /** Lets the first one have what the second wrote. */
    merge: () => Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs)),
    /** Where each changed block is, what of it is new, and where something is gone. */
    back() {
      const absence = { seen, own: [...own] };
      Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs));
      const { doc } = me.state;
      return (changesSince(me.state, absence) ?? []).map(({ from, to, byBoth, inserted, deleted }) => ({
        block: doc.textBetween(from, to),
        byBoth,
        inserted: inserted.map(range => doc.textBetween(range.from, range.to)),
        deleted: deleted.map(position => position - from - 1),
      }));
    },
  };
}

/** Where a text begins. */
function find(doc: Node, text: string): number {
  let found = -1;
  doc.descendants((node, position) => {
    const at = node.isText ? (node.text?.indexOf(text) ?? -1) : -1;
    if (at >= 0) found = position + at;
  });
  if (found < 0) throw new RangeError(`${text} is not there`);
  return found;
}

const write = (bound: BoundState, before: string, text: string) =>
  bound.dispatch(bound.state.tr.insertText(text, find(bound.state.doc, before)));
const erase = (bound: BoundState, text: string) => {
  const from = find(bound.state.doc, text);
  bound.dispatch(bound.state.tr.delete(from, from + text.length));
};

describe('what others did in somebody’s absence', () => {
  test('is nothing when they did nothing, whatever one wrote oneself', () => {
    const { me, back } = scene('one', 'two');
    write(me, 'two', 'my ');
    expect(back()).toEqual([]);
  });

  test('is what they wrote and where they deleted, block by block', () => {
    const { them, back } = scene('one', 'two', 'three four');
    write(them, 'one', 'number ');
    erase(them, 'ree');
    expect(back()).toEqual([
      { block: 'number one', byBoth: false, inserted: ['number '], deleted: [] },
      { block: 'th four', byBoth: false, inserted: [], deleted: [2] },
    ]);
  });

  test('is told apart from what one wrote oneself, in the same block', () => {
    const { me, them, back } = scene('one two three', 'four');
    write(me, 'two', 'mine ');
    write(them, 'three', 'theirs ');
    write(me, 'four', 'mine ');
    expect(back()).toEqual([
      { block: 'one mine two theirs three', byBoth: true, inserted: ['theirs '], deleted: [] },
    ]);
  });

  test('meets one’s own deleting, too', () => {
    const { me, them, back } = scene('one two three');
    erase(me, 'two ');
    write(them, 'three', 'theirs ');
    expect(back()).toMatchObject([{ block: 'one theirs three', byBoth: true, inserted: ['theirs '] }]);
  });

  test('is not what both deleted', () => {
    const { me, them, back } = scene('one two');
    erase(me, ' two');
    erase(them, ' two');
    expect(back()).toEqual([]);
  });

  test('can be another kind of block', () => {
    const { me, them, back } = scene('one', 'two');
    them.dispatch(them.state.tr.setBlockType(find(them.state.doc, 'two'), undefined, schema.nodes.heading));
    write(me, 'two', 'my ');
    expect(back()).toEqual([{ block: 'my two', byBoth: true, inserted: [], deleted: [] }]);
  });

  test('can be formatting', () => {
    const { them, back } = scene('one two');
    const from = find(them.state.doc, 'two');
    them.dispatch(them.state.tr.addMark(from, from + 3, schema.mark('bold')));
    expect(back()).toEqual([{ block: 'one two', byBoth: false, inserted: [], deleted: [] }]);
  });

  test('can be a new block, and a block that is gone', () => {
    const { them, back } = scene('one', 'two', 'three');
    them.dispatch(them.state.tr.insert(0, paragraph('zero')));
    const from = find(them.state.doc, 'two');
    them.dispatch(them.state.tr.delete(from - 1, from + 4));
    expect(back()).toEqual([
      { block: 'zero', byBoth: false, inserted: ['zero'], deleted: [] },
      { block: 'one', byBoth: false, inserted: [], deleted: [3] },
    ]);
  });

  test('is found in the half that was split off a block', () => {
    const { me, them, back } = scene('one two');
    them.dispatch(them.state.tr.split(find(them.state.doc, 'two')));
    write(me, 'wo', 'm');
    expect(back()).toEqual([{ block: 'tmwo', byBoth: true, inserted: [], deleted: [] }]);
  });

  test('does not depend on what was typed meanwhile being one update or many', () => {
    const { me, them, back } = scene('one two');
    for (const letter of 'abc') write(me, 'two', letter);
    for (const letter of 'xyz') write(them, 'one', letter);
    expect(back()).toEqual([{ block: 'xyzone abctwo', byBoth: true, inserted: ['xyz'], deleted: [] }]);
  });
});

test('what a copy of the document from the time before knows is enough', () => {
  const { mine, theirs } = { mine: new Y.Doc(), theirs: new Y.Doc() };
  updateDocument(theirs.getText('text'), schema.node('doc', null, [paragraph('one'), paragraph('two')]));
  const seen = Y.decodeSnapshot(Y.encodeSnapshot(Y.snapshot(theirs)));
  const them = open(theirs);
  erase(them, 'one');
  write(them, 'two', 'number ');
  // Loaded anew: what was deleted is nothing but a gap by now.
  Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs));
  const me = open(mine);
  const places = changesSince(me.state, { seen, own: [] });
  expect(places?.map(({ from, to }) => me.state.doc.textBetween(from, to))).toEqual(['', 'number two']);
});

test('what given updates have changed is told apart from everything else', () => {
  const { me, them, own, merge } = scene('one two', 'three', 'four');
  write(me, 'two', 'my ');
  write(me, 'my', 'xyz');
  erase(me, 'xyz');
  erase(me, 'hr');
  const updates = [...own];
  write(me, 'four', 'later ');
  write(them, 'one', 'their ');
  merge();
  const places = changesIn(me.state, updates);
  const { doc } = me.state;
  expect(
    places?.map(({ from, to, inserted, deleted }) => ({
      block: doc.textBetween(from, to),
      inserted: inserted.map(range => doc.textBetween(range.from, range.to)),
      deleted: deleted.map(position => position - from - 1),
    })),
  ).toEqual([
    { block: 'their one my two', inserted: ['my '], deleted: [] },
    { block: 'tee', inserted: [], deleted: [1] },
  ]);
});
