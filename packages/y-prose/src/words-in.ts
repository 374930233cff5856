import * as Y from 'yjs';
import { deletedIds } from './id-ranges.ts';
import { isMarker } from './storage.ts';

/**
 * The words that Yjs updates of a document's text have written, where the document itself is not to be had: a line for each
 * block that they begin or write into, as far as that can be told; in the order in which each client wrote them. Words that the same
 * updates delete again are left out, as is everything that is none (pictures, formatting).
 *
 * @throws whatever Yjs throws where an update is none
 */
export function wordsIn(updates: readonly Uint8Array[]): string {
  const { structs, ds } = Y.decodeUpdate(Y.mergeUpdates([...updates]));
  const deleted = deletedIds(ds);
  const lines: string[] = [''];
  let last: Y.ID | null = null;
  for (const struct of structs) {
    if (!(struct instanceof Y.Item)) continue;
    const { id, origin, content } = struct;
    if (isMarker(struct)) lines.push('');
    if (!(content instanceof Y.ContentString)) continue;
    // Elsewhere than behind what was written before.
    if (last !== null && !Y.compareIDs(origin, last)) lines.push('');
    last = struct.lastId;
    for (const [from, end] of deleted.outside(id.client, id.clock, id.clock + struct.length)) {
      lines[lines.length - 1] += content.str.slice(from - id.clock, end - id.clock);
    }
  }
  return lines
    .map(line => line.trim())
    .filter(line => line !== '')
    .join('\n');
}
