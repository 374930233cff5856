import type { Node, Schema } from 'prosemirror-model';
import type * as Y from 'yjs';
import { readSequence } from './read-blocks.ts';
import { toTree } from './tree.ts';

/**
 * The document that a text shows in a schema: `toTree(readSequence(text), schema)`.
 *
 * @param text - integrated into a `Y.Doc`; an empty one gives the least that the schema allows
 */
export function readDocument(text: Y.Text, schema: Schema): Node {
  return toTree(readSequence(text), schema);
}
