import * as Y from 'yjs';

/** `Y.mergeUpdates` sorts its inputs at every step: on few updates that is nothing, on thousands it is quadratic. */
const MERGE_FAN_IN = 32;

/** Merges any number of updates into one, in time about linear to their size. The result depends on nothing else. */
export function mergeAll(updates: readonly Uint8Array[]): Uint8Array {
  let level = updates;
  while (level.length > 1) {
    const merged: Uint8Array[] = [];
    for (let start = 0; start < level.length; start += MERGE_FAN_IN) {
      merged.push(Y.mergeUpdates(level.slice(start, start + MERGE_FAN_IN)));
    }
    level = merged;
  }
  return level[0] ?? Y.encodeStateAsUpdate(new Y.Doc());
}

/** Whether `doc` holds updates that it cannot integrate, because something they build on has not arrived. */
export function isWaitingForMore(doc: Y.Doc): boolean {
  return doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
}

/** Drops what {@link isWaitingForMore} speaks of: none of it has ever been part of the document. */
export function forgetWaiting(doc: Y.Doc): void {
  doc.store.pendingStructs = null;
  doc.store.pendingDs = null;
}

/** Whether anything has ever been written into `doc`. */
export function hasContent(doc: Y.Doc): boolean {
  return doc.store.clients.size > 0 || isWaitingForMore(doc);
}
