import * as Y from 'yjs';
import { markerContent } from './items.ts';
import type { LiveSequence } from './live.ts';
import { PLAIN } from './storage.ts';

// A new text is empty, so that everybody can make it: its first block has no marker. Were each of two people to give it one,
// there would be two blocks. So the first marker is the same whoever inserts it: one item, with an id that follows from the
// name of the text. Yjs takes it for known when it comes from a second person.

/** Clients number themselves with 32 random bits. Smaller ones come first where two insert at one place. */
const ID_BITS = 20;

/** The id of the first marker; `null`: the text lies within another type and has no name. */
function firstMarkerId(text: Y.Text): Y.ID | null {
  if (text._item !== null) return null;
  let hash = 0x811c9dc5;
  for (const character of Y.findRootTypeKey(text)) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return Y.createID(hash >>> (32 - ID_BITS), 0);
}

/**
 * The id of the marker that the first block lacks and can be given; `null`: it has one, or its place is not certain: in a
 * text whose first marker was deleted, or to which somebody with a smaller number than its own has contributed.
 */
function missingMarker({ text, doc, all }: LiveSequence): Y.ID | null {
  const [head, second] = all;
  if (head?.marker !== null || (head.block.content.length === 0 && second !== undefined)) return null;
  const id = firstMarkerId(text);
  return id === null || [...doc.store.clients.keys()].some(client => client <= id.client) ? null : id;
}

/** Gives the first block the marker that it lacks, at the start of the text; `live` knows it from then on. */
export function giveFirstMarker(live: LiveSequence, transaction: Y.Transaction): void {
  const id = missingMarker(live);
  if (id === null) return;
  new Y.Item(id, null, null, null, null, live.text, null, markerContent(PLAIN)).integrate(transaction, 0);
  live.readFirst();
}

/** Leaves the first marker out of what somebody can take back: it is nobody's doing, and the same for everybody. */
export function disownFirstMarker(text: Y.Text, { insertions }: Y.UndoManager['undoStack'][number]): void {
  const id = firstMarkerId(text);
  if (id !== null) insertions.clients.delete(id.client);
}

/** The first marker, if the text begins with it. */
export function firstMarker(text: Y.Text): Y.Item | null {
  let item = text._start;
  while (item?.deleted) item = item.right;
  const id = firstMarkerId(text);
  return item !== null && id !== null && Y.compareIDs(item.id, id) ? item : null;
}
