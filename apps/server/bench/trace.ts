import { DOCUMENT_ROOT } from '@cahier/protocol';
import * as Y from 'yjs';

/*
 * The shape of the B4 editing trace, in which a paper of 104,852 characters is written in 259,778 edits, 77,463 of them
 * deletions: people type, and take back, many characters in a row. Who goes on with the same goes on elsewhere.
 */
const MEAN_TYPED_IN_A_ROW = 29;
const MEAN_DELETED_IN_A_ROW = 17.5;
/** Of all the rows. */
const SHARE_OF_DELETING = 0.413;
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
  let isDeleting = false;
  while (edits.length < count) {
    const wasDeleting: boolean = isDeleting;
    isDeleting = random() < SHARE_OF_DELETING;
    if (isDeleting === wasDeleting) cursor = elsewhere(cursor, length, random);
    const mean = isDeleting ? MEAN_DELETED_IN_A_ROW : MEAN_TYPED_IN_A_ROW;
    do {
      if (isDeleting && cursor > 0) {
        cursor--;
        length--;
        text.delete(cursor, 1);
      } else {
        text.insert(cursor, String.fromCharCode(97 + Math.floor(random() * 26)));
        cursor++;
        length++;
      }
    } while (edits.length < count && random() > 1 / mean);
  }
  doc.destroy();
  return { edits, length };
}

/** Rather near than far: every power of ten is as likely as the next. */
function elsewhere(cursor: number, length: number, random: () => number): number {
  const distance = Math.floor((length + 1) ** random());
  const place = random() < 0.5 ? cursor - distance : cursor + distance;
  return Math.min(Math.max(place, 0), length);
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
