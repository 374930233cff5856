import { DOCUMENT_ROOT } from '@cahier/protocol';
import * as Y from 'yjs';

/** As in the B4 editing trace, where a paper of 104,852 characters is written in 259,778 edits. */
const SHARE_OF_DELETIONS = 0.298;
const SHARE_OF_JUMPS = 0.003;
const SEED = 4;

export interface Trace {
  readonly edits: readonly Uint8Array[];
  /** Of the text in the end. */
  readonly length: number;
}

/** Somebody writes for a long time: types, takes back, goes elsewhere. The same edits every time. */
export function writeTrace(count: number): Trace {
  const doc = new Y.Doc();
  const edits: Uint8Array[] = [];
  doc.on('update', update => edits.push(update));
  const random = generator(SEED);
  const text = doc.getText(DOCUMENT_ROOT);
  let cursor = 0;
  let length = 0;
  while (edits.length < count) {
    if (random() < SHARE_OF_JUMPS) cursor = Math.floor(random() * (length + 1));
    if (cursor > 0 && random() < SHARE_OF_DELETIONS) {
      cursor--;
      length--;
      text.delete(cursor, 1);
    } else {
      text.insert(cursor, String.fromCharCode(97 + Math.floor(random() * 26)));
      cursor++;
      length++;
    }
  }
  doc.destroy();
  return { edits, length };
}

/** The text of a trace, as if it had been pasted. */
export function atOnce({ edits, length }: Trace): Trace {
  const source = new Y.Doc();
  source.transact(() => {
    for (const edit of edits) Y.applyUpdate(source, edit);
  });
  const doc = new Y.Doc();
  doc.getText(DOCUMENT_ROOT).insert(0, source.getText(DOCUMENT_ROOT).toString());
  return { edits: [Y.encodeStateAsUpdate(doc)], length };
}

/** A linear congruential generator (Knuth, MMIX's low half): good enough for choosing where to type. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
