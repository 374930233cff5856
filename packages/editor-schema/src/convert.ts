import { DOCUMENT_ROOT } from '@cahier/protocol';
import { readDocument, toSequence, writeSequence } from '@cahier/y-prose/model';
import type { JSONContent } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import * as Y from 'yjs';
import { documentSchema } from './schema.ts';

/** A document's content in ProseMirror's JSON form; the outermost node is of type `doc`. */
export type DocumentContent = JSONContent;

/**
 * Writes content as a new Yjs document.
 *
 * Each call makes a document of its own: applying the results of two calls to one `Y.Doc` gives the content twice.
 *
 * @returns a Yjs update (version 1 encoding) that fills the root type {@link DOCUMENT_ROOT}
 * @throws RangeError when the content does not fit the schema
 */
export function documentToUpdate(content: DocumentContent): Uint8Array<ArrayBuffer> {
  const node = documentSchema.nodeFromJSON(content);
  node.check();
  return nodeToUpdate(node);
}

/** The same for a node of the schema, whether or not everything in it is where it may be: reading puts it right. */
export function nodeToUpdate(node: Node): Uint8Array<ArrayBuffer> {
  const doc = new Y.Doc();
  try {
    writeSequence(doc.getText(DOCUMENT_ROOT), toSequence(node));
    return new Uint8Array(Y.encodeStateAsUpdate(doc));
  } finally {
    doc.destroy();
  }
}

/**
 * Reads the content out of Yjs updates, the inverse of {@link documentToUpdate}. Whatever was merged gives a valid
 * document; what the schema does not know is in it as unknown.
 *
 * @param updates - Yjs updates (version 1 encoding), in any order
 */
export function updateToDocument(...updates: Uint8Array[]): DocumentContent {
  return readUpdates(updates).toJSON();
}

/**
 * The plain text of a document, for search and previews: one line per block, marks and links dropped.
 *
 * @param updates - Yjs updates (version 1 encoding), in any order
 */
export function updateToText(...updates: Uint8Array[]): string {
  const node = readUpdates(updates);
  const leafText = (leaf: Node) => leaf.type.spec.leafText?.(leaf) ?? '\n';
  return node.textBetween(0, node.content.size, '\n', leafText).trim();
}

function readUpdates(updates: Uint8Array[]): Node {
  const doc = new Y.Doc();
  try {
    for (const update of updates) Y.applyUpdate(doc, update);
    return readDocument(doc.getText(DOCUMENT_ROOT), documentSchema);
  } finally {
    doc.destroy();
  }
}
