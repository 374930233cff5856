import fc from 'fast-check';
import type { Node } from 'prosemirror-model';
import { describe, expect, test } from 'vitest';
import { actions, undoings } from './actions.ts';
import { edits, editsOf } from './commands/edits.ts';
import { documents, gridDocuments } from './documents.ts';
import { runs, timeout } from './effort.ts';
import { textOf } from './ledger.ts';
import { type Action, World, type WorldOptions } from './world.ts';

describe('people who write at the same time', () => {
  const settles = (
    start: fc.Arbitrary<Node>,
    action: fc.Arbitrary<Action>,
    options: WorldOptions,
    count: number,
  ) =>
    fc.assert(
      fc.property(start, fc.array(action, { maxLength: 30, size: 'max' }), (doc, actions) => {
        const world = new World(doc, options);
        try {
          for (const next of actions) world.act(next);
          world.settle();
        } finally {
          world.close();
        }
      }),
      runs(count),
    );

  const all = actions(edits);

  test('two of them end up with the same valid document, and nothing is lost', timeout, () => {
    settles(documents, all, { peers: 2 }, 300);
  });

  test('three of them end up with the same valid document, and nothing is lost', timeout, () => {
    settles(documents, all, { peers: 3 }, 150);
  });

  test('several editors of one Y.Doc show the same', timeout, () => {
    settles(documents, all, { peers: 2, editorsEach: 2 }, 100);
  });

  test('tables stay rectangular, and nothing in them is lost', timeout, () => {
    const inTables = editsOf(
      /type|row|column|cell|table|enter|backspace|paste|moveBlock|^erase(Near|Range|Cells)/i,
    );
    settles(gridDocuments, actions(inTables), { peers: 2 }, 200);
  });

  test('lists and containers keep everything in them', timeout, () => {
    const inLists = editsOf(
      /^type$|enter|backspace|deleteAtEnd|wrap|indent|outdent|list|move|splitDeep|eraseRange/i,
    );
    settles(documents, actions(inLists), { peers: 3 }, 200);
  });

  test('marks reach everybody as they were set', timeout, () => {
    const withMarks = editsOf(/^type|mark|enter|backspace|erase(Near|Range)|atom|setKind/i);
    settles(documents, actions(withMarks), { peers: 2 }, 200);
  });

  test('taking back takes back only what one did oneself', timeout, () => {
    const undoing = fc.oneof({ weight: 6, arbitrary: all }, { weight: 2, arbitrary: undoings });
    settles(documents, undoing, { peers: 2 }, 200);
  });
});

describe('any sequence that merging can produce', () => {
  test('is shown with all its text, in order', timeout, () => {
    fc.assert(
      fc.property(documents, fc.array(actions(edits), { maxLength: 20, size: 'max' }), (doc, list) => {
        const world = new World(doc);
        try {
          for (const action of list) world.act(action);
          for (const { text, state } of world.editors) {
            const written = text
              .toDelta()
              .map(({ insert }: { insert: unknown }) => (typeof insert === 'string' ? insert : ''));
            expect(textOf(state.doc)).toBe(written.join(''));
          }
        } finally {
          world.close();
        }
      }),
      runs(100),
    );
  });
});
