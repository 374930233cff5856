import type * as Y from 'yjs';
import { blockAt } from './read-blocks.ts';
import { isMarker } from './storage.ts';

/** A stretch of a block's content that was written by one client. */
export interface AuthoredRun {
  /** Client id of the `Y.Doc` in which it was written. */
  readonly client: number;
  /** In UTF-16 code units; an inline node counts as one. */
  readonly length: number;
}

/**
 * Who wrote what: the content of every block, by the block's id, in the order of the text.
 *
 * Whoever moves text or brings it back with undo becomes its author. Costs one walk over the items of the text.
 */
export function readAuthors(text: Y.Text): ReadonlyMap<string, readonly AuthoredRun[]> {
  let runs: AuthoredRun[] = [];
  const authors = new Map([[blockAt(null, []).id, runs]]);
  for (let item = text._start; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    if (isMarker(item)) {
      runs = [];
      authors.set(blockAt(item, []).id, runs);
      continue;
    }
    const { client } = item.id;
    const last = runs.at(-1);
    if (last?.client === client) runs[runs.length - 1] = { client, length: last.length + item.length };
    else runs.push({ client, length: item.length });
  }
  if (authors.get('')?.length === 0 && authors.size > 1) authors.delete('');
  return authors;
}
