import fc from 'fast-check';
import type { Mark, Node } from 'prosemirror-model';
import { EditorState } from 'prosemirror-state';
import { StepMap } from 'prosemirror-transform';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { toSequence, writeSequence } from '../src/index.ts';
import { LiveSequence } from '../src/live.ts';
import { writeChanges } from '../src/write-changes.ts';
import { writeTyping } from '../src/write-typing.ts';
import { documents, markSets } from './documents.ts';
import { runs, timeout } from './effort.ts';
import { ROOT } from './same.ts';
import { schema } from './schema.ts';
import { sequences } from './sequences.ts';

interface Typed {
  /** Modulo what there is to choose from. */
  readonly at: number;
  /** How much is deleted; 0: the text is inserted instead. */
  readonly deletes: number;
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** Most with text that their blocks have no room for, or that no block begins. */
const start = fc.oneof(documents.map(toSequence), sequences);
const typed: fc.Arbitrary<Typed> = fc.record({
  at: fc.nat(999),
  deletes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 6 })),
  text: fc.constantFrom('x', 'xx', 'one two', '👍', '\uD83D', '\uDC4D', '👍x'),
  marks: fc.oneof(fc.constant([]), markSets),
});

/** A text and its document; `write` says what the text is then. */
function open(update: Uint8Array) {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  doc.clientID = 5;
  const live = new LiveSequence(doc.getText(ROOT), schema);
  return {
    live,
    write(change: (transaction: Y.Transaction) => void): Uint8Array {
      doc.transact(change);
      return Y.encodeStateAsUpdate(doc);
    },
  };
}

/** Places in textblocks, with how much of the same textblock is behind them. */
function places(document: Node): { position: number; left: number }[] {
  const found: { position: number; left: number }[] = [];
  document.descendants((node, position) => {
    if (!node.isTextblock) return true;
    for (let offset = 0; offset <= node.content.size; offset++) {
      found.push({ position: position + 1 + offset, left: node.content.size - offset });
    }
    return false;
  });
  return found;
}

test(
  'what is typed in a textblock, or deleted, is written to the byte as comparing documents would',
  timeout,
  () => {
    let [all, short] = [0, 0];
    const writeNext = (update: Uint8Array, { at, deletes, text, marks }: Typed): Uint8Array => {
      const [quick, compared] = [open(update), open(update)];
      const before = quick.live.tree.root.node;
      const among = places(before);
      const { position, left } = among[at % among.length] ?? { position: 0, left: 0 };
      const { tr } = EditorState.create({ doc: before });
      if (deletes > 0) tr.delete(position, position + Math.min(deletes, left));
      else tr.replaceRangeWith(position, position, schema.text(text, marks));
      const { doc, mapping } = tr;
      if (!tr.docChanged) return update;
      all++;
      let isShort = false;
      const written = quick.write(transaction => {
        isShort = writeTyping(quick.live, doc, mapping.maps, transaction);
      });
      // Another step, though it does nothing: that is not taken for typing.
      const maps = [StepMap.empty, ...mapping.maps];
      const expected = compared.write(transaction => writeChanges(compared.live, doc, maps, transaction));
      if (!isShort) return expected;
      short++;
      expect(Buffer.from(written).toString('latin1'), `${before} → ${doc}`).toBe(
        Buffer.from(expected).toString('latin1'),
      );
      return written;
    };
    fc.assert(
      fc.property(start, fc.array(typed, { minLength: 1, maxLength: 6 }), (sequence, list) => {
        const origin = new Y.Doc();
        origin.clientID = 1;
        writeSequence(origin.getText(ROOT), sequence);
        list.reduce(writeNext, Y.encodeStateAsUpdate(origin));
      }),
      runs(500),
    );
    expect(short / all).toBeGreaterThan(0.5);
  },
);
