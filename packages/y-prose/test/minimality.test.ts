import fc from 'fast-check';
import { joinBackward, setBlockType, splitBlock, wrapIn } from 'prosemirror-commands';
import type { Node, NodeType } from 'prosemirror-model';
import { liftListItem, sinkListItem, wrapInList } from 'prosemirror-schema-list';
import { type Command, TextSelection, type Transaction } from 'prosemirror-state';
import { ReplaceStep } from 'prosemirror-transform';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { bindState, readDocument, toSequence, writeSequence } from '../src/index.ts';
import { LiveSequence } from '../src/live.ts';
import { writeChanges } from '../src/write-changes.ts';
import { nodesOf, pickFrom } from './commands/command.ts';
import { edits, editsOf, perform, type Writer } from './commands/edits.ts';
import { documents, withOrderedMarks } from './documents.ts';
import { type Effects, Pair } from './effects.ts';
import { runs, timeout } from './effort.ts';
import { Letters } from './letters.ts';
import { expectSame, ROOT } from './same.ts';
import { doc, p, table, td, tr } from './scenarios/build.ts';
import { schema } from './schema.ts';

const { nodes } = schema;
const number = fc.nat(9_999);

/** Checks what an act does in any document; an act that is impossible there says `undefined`. */
function holds(
  work: (writer: Writer, at: number, to: number) => boolean,
  check: (effects: Effects, pair: Pair, before: Node) => void,
  count = 300,
): void {
  let done = 0;
  fc.assert(
    fc.property(documents, number, number, (seed, at, to) => {
      const pair = new Pair(new Letters().renew(seed));
      try {
        const before = pair.writer.state.doc;
        let isDone = false;
        const effects = pair.act(writer => {
          isDone = work(writer, at, to);
        });
        if (!isDone) return;
        done++;
        check(effects, pair, before);
      } finally {
        pair.close();
      }
    }),
    runs(count),
  );
  expect(done, 'how often it was possible').toBeGreaterThan(count / 20);
}

/** A place within the text of a block that is of this kind. */
function place(
  { state }: Writer,
  which: number,
  offset: number,
  is: (node: Node) => boolean,
): number | undefined {
  const block = pickFrom(
    nodesOf(state.doc, node => node.isTextblock && is(node)),
    which,
  );
  return block && block.pos + 1 + (offset % (block.node.content.size + 1));
}

const at =
  (command: Command, is: (node: Node) => boolean = () => true) =>
  (writer: Writer, which: number, offset: number): boolean => {
    const position = place(writer, which, offset, is);
    if (position === undefined) return false;
    writer.dispatch(writer.state.tr.setSelection(TextSelection.create(writer.state.doc, position)));
    return command(writer.state, writer.dispatch);
  };

const nothing = { units: 0, runs: 0 };
const contentOf = ({ inserted }: Effects) => inserted.map(({ content }) => content.constructor);

describe('what is written', () => {
  test('one key is one character, and those that follow it join it', timeout, () => {
    const press = at((state, dispatch) => {
      dispatch?.(state.tr.insertText('x'));
      return true;
    });
    holds(press, (effects, pair) => {
      expect(contentOf(effects)).toEqual([Y.ContentString]);
      expect(effects).toMatchObject({ attributes: 0, deleted: nothing });
      expect(effects.inserted[0]?.length).toBe(1);
      expect(effects.remote.flatMap(({ steps }) => steps)).toMatchObject([{ slice: { size: 1 } }]);
      const [step] = effects.remote.flatMap(({ steps }) => steps as ReplaceStep[]);
      expect(step?.to).toBe(step?.from);
      const { $head } = pair.writer.state.selection;
      const isWithin = $head.nodeBefore !== null && $head.textOffset > 0 && $head.parentOffset > 1;
      if (isWithin) expect(effects.formats).toBe(0);
      // Where formatting had to be ended first, that lies between this key and the next.
      if (effects.formats > 0) pair.act(writer => writer.dispatch(writer.state.tr.insertText('y')));
      const size = pair.size;
      pair.act(writer => writer.dispatch(writer.state.tr.insertText('z')));
      expect(pair.size).toBe(size);
    });
  });

  test('a paragraph that becomes a heading is one attribute', timeout, () => {
    const isPlain = ({ type, attrs }: Node) => type === nodes.paragraph && attrs.align === null;
    holds(at(setBlockType(nodes.heading as NodeType), isPlain), effects => {
      expect(effects).toMatchObject({ inserted: [], formats: 0, attributes: 1, deleted: nothing });
    });
  });

  test.each<[string, Command]>([
    ['wrapped in a quote', wrapIn(nodes.quote as NodeType)],
    ['wrapped in a list', wrapInList(nodes.bulletList as NodeType)],
    ['indented', sinkListItem(nodes.listItem as NodeType)],
    ['outdented', liftListItem(nodes.listItem as NodeType)],
  ])('what is %s is attributes, and no text', timeout, (_, command) => {
    holds(
      at(command),
      effects => {
        expect(effects).toMatchObject({ inserted: [], formats: 0, deleted: nothing });
      },
      500,
    );
  });

  test('Enter is one marker', timeout, () => {
    holds(
      at(splitBlock, ({ type }) => type !== nodes.codeBlock && type !== nodes.summary),
      effects => {
        expect(contentOf(effects)).toEqual([Y.ContentType]);
        expect(effects).toMatchObject({ formats: 0, attributes: 0, deleted: nothing });
      },
    );
  });

  test('joining two blocks is one marker less', timeout, () => {
    const join: Command = (state, dispatch) => {
      const { $head } = state.selection;
      const before = state.doc.resolve($head.before()).nodeBefore;
      if (before?.type !== $head.parent.type || before.content.size === 0) return false;
      const start = state.apply(state.tr.setSelection(TextSelection.create(state.doc, $head.start())));
      return joinBackward(
        start,
        dispatch &&
          (({ steps }) => {
            const { tr } = state;
            for (const step of steps) tr.step(step);
            dispatch(tr);
          }),
      );
    };
    holds(
      at(join),
      effects => {
        expect(effects).toMatchObject({ inserted: [], formats: 0, deleted: { units: 1, runs: 1 } });
      },
      500,
    );
  });

  test('a block that is dragged elsewhere is one deletion and one insertion', timeout, () => {
    const drag = ({ state, dispatch }: Writer, at: number, to: number) => {
      const blocks = state.doc.childCount;
      const [from, target] = [at % blocks, to % (blocks + 1)];
      const node = state.doc.child(from);
      if (target === from || target === from + 1 || !node.isTextblock) return false;
      let [position, end] = [0, 0];
      for (let index = 0; index < blocks; index++) {
        if (index < from) position += state.doc.child(index).nodeSize;
        if (index < target) end += state.doc.child(index).nodeSize;
      }
      const { tr } = state;
      tr.delete(position, position + node.nodeSize);
      dispatch(tr.insert(tr.mapping.map(end), node));
      return true;
    };
    holds(
      drag,
      ({ inserted, deleted }, pair, before) => {
        // Past others that look the same.
        if (pair.writer.state.doc.eq(before)) return;
        expect(deleted.runs).toBe(1);
        expect(inserted.reduce((sum, { length }) => sum + length, 0)).toBe(deleted.units);
      },
      500,
    );
  });
});

test('what is typed and marked is right at the first go: nothing has to be mended after it', timeout, () => {
  let done = 0;
  fc.assert(
    fc.property(documents, editsOf(/^(type|correct|toggle|addMark|removeMark|clearMarks)/), (seed, edit) => {
      const text = new Y.Doc().getText(ROOT);
      writeSequence(text, toSequence(seed));
      const copy = new Y.Doc();
      Y.applyUpdate(copy, Y.encodeStateAsUpdate(text.doc as Y.Doc));
      const editor = bindState(text, { schema });
      const made = perform(editor, edit, new Letters());
      editor.destroy();
      if (made === undefined) return;
      done++;
      const live = new LiveSequence(copy.getText(ROOT), schema);
      copy.transact(transaction => writeChanges(live, made.doc, made.mapping.maps, transaction));
      const written = withOrderedMarks(readDocument(live.text, schema));
      expectSame(written, withOrderedMarks(made.doc), edit.name);
    }),
    runs(500),
  );
  expect(done, 'how often it was possible').toBeGreaterThan(100);
});

describe('what another sees', () => {
  test(
    'a transaction is at most one of Yjs and one step, whose map is exact, and what it is not about stays the same object',
    timeout,
    () => {
      fc.assert(
        fc.property(
          documents,
          fc.array(edits, { minLength: 1, maxLength: 10, size: 'max' }),
          (seed, list) => {
            const letters = new Letters();
            const pair = new Pair(letters.renew(seed));
            try {
              for (const edit of list) {
                seesLittle(pair.act(writer => perform(writer, edit, letters)));
              }
            } finally {
              pair.close();
            }
          },
        ),
        runs(100),
      );
    },
  );

  test('a missing cell becomes a heading with the row that it is missing in: what is in it stays the same', () => {
    const pair = new Pair(doc(table(tr(td(p(), p())), tr(td(p()), td(p())))));
    try {
      const edit = { name: 'headRow', at: 0, to: 0, pick: 0, content: doc(p()) };
      const effects = pair.act(writer => perform(writer, edit, new Letters()));
      expect(effects.remote).toHaveLength(1);
      seesLittle(effects);
    } finally {
      pair.close();
    }
  });

  test('what is around a change stays the same object where the sequence only shows something equal', () => {
    const figure = schema.node('figure');
    const pair = new Pair(doc(table(tr(td(p())), tr(td(p(), figure)), tr(td(p(), figure, p()))), p()));
    try {
      for (const [name, to] of Object.entries({ columnBefore: 0, eraseRange: 4466, setAttribute: 0 })) {
        const edit = { name, at: 0, to, pick: 0, content: doc(p()) };
        seesLittle(pair.act(writer => perform(writer, edit, new Letters())));
      }
    } finally {
      pair.close();
    }
  });
});

function seesLittle({ transactions, remote }: Effects): void {
  expect(transactions).toBeLessThanOrEqual(1);
  expect(remote.length).toBeLessThanOrEqual(1);
  for (const transaction of remote) {
    expect(transaction.steps).toHaveLength(1);
    const { from, to, slice } = transaction.steps[0] as ReplaceStep;
    expectSame(
      new ReplaceStep(from, to, slice).apply(transaction.before).doc ?? transaction.before,
      transaction.doc,
      'what the step says and what it does',
    );
    expect(copiedBy(transaction)).toEqual([]);
  }
}

/** Blocks that are not what they were although nothing about them has changed. */
function copiedBy({ before, doc, mapping }: Transaction): string[] {
  const blocks = nodesOf(before, node => node.isTextblock || (node.isBlock && node.isLeaf));
  return blocks.flatMap(({ node, pos }) => {
    const { pos: target, deleted } = mapping.mapResult(pos);
    const now = deleted ? null : doc.nodeAt(target);
    return now?.eq(node) && now !== node ? [`${node} at ${pos}`] : [];
  });
}
