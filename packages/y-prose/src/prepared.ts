import type { Node, Schema } from 'prosemirror-model';
import type * as Y from 'yjs';
import { LiveSequence } from './live.ts';

const prepared = new WeakMap<Node, LiveSequence>();

/**
 * What `readDocument` gives, for an editor that is about to be made: what was read is used again when the editor is bound,
 * unless the text has changed by then.
 *
 * @param text - integrated into a `Y.Doc`
 */
export function prepareDocument(text: Y.Text, schema: Schema): Node {
  const live = new LiveSequence(text, schema);
  const { node } = live.tree.root;
  prepared.set(node, live);
  live.doc.once('afterTransaction', () => prepared.delete(node));
  return node;
}

/** What was read for this document, if it is still what the text shows. */
export function takePrepared(document: Node, text: Y.Text): LiveSequence | undefined {
  const live = prepared.get(document);
  prepared.delete(document);
  return live?.text === text ? live : undefined;
}
