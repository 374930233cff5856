import type { Node, Schema } from 'prosemirror-model';
import type * as Y from 'yjs';
import { giveFirstMarker } from './first-marker.ts';
import { LiveSequence } from './live.ts';
import { readSequence } from './read-blocks.ts';
import { toTree } from './tree.ts';
import { writeChanges } from './write-changes.ts';

/**
 * The document that a text shows in a schema: `toTree(readSequence(text), schema)`.
 *
 * @param text - integrated into a `Y.Doc`; an empty one gives the least that the schema allows
 */
export function readDocument(text: Y.Text, schema: Schema): Node {
  return toTree(readSequence(text), schema);
}

/**
 * Changes a text so that it shows a document, as little as possible: for programs that edit documents while people do.
 * What is equal stays, with everything that is anchored there; of what it differs in only the difference is written. What
 * was out of sight is not deleted, so that it may be in sight then.
 *
 * @param text - integrated into a `Y.Doc`; changed in one transaction, which has the `origin`
 * @param document - valid in its schema
 */
export function updateDocument(text: Y.Text, document: Node, origin: unknown = null): void {
  const { schema } = document.type;
  const live = new LiveSequence(text, schema);
  if (live.tree.root.node.eq(document)) return;
  live.doc.transact(transaction => {
    giveFirstMarker(live, transaction);
    const spared = new Set<string>();
    writeChanges(live, document, null, transaction, 'least', spared);
    for (const care of ['window', 'all'] as const) {
      const now = new LiveSequence(text, schema);
      if (now.tree.root.node.eq(document)) return;
      writeChanges(now, document, null, transaction, care, spared);
    }
  }, origin);
}
