import { DOCUMENT_ROOT } from '@cahier/protocol';
import type { JSONContent } from '@tiptap/core';
import { Fragment, type Node } from '@tiptap/pm/model';
import { prosemirrorToYXmlFragment, yXmlFragmentToProseMirrorFragment } from '@tiptap/y-tiptap';
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
  const doc = new Y.Doc();
  try {
    prosemirrorToYXmlFragment(node, doc.getXmlFragment(DOCUMENT_ROOT));
    return new Uint8Array(Y.encodeStateAsUpdate(doc));
  } finally {
    doc.destroy();
  }
}

/**
 * Reads the content out of Yjs updates, the inverse of {@link documentToUpdate}. Anything that does not fit the schema
 * is left out, so that whatever was merged gives a valid document.
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
  return node.textBetween(0, node.content.size, '\n', '\n').trim();
}

function readUpdates(updates: Uint8Array[]): Node {
  // The stock binding repairs what it reads by deleting from the Y.Doc, hence a doc of our own.
  const doc = new Y.Doc();
  try {
    for (const update of updates) Y.applyUpdate(doc, update);
    const root = doc.getXmlFragment(DOCUMENT_ROOT);
    // Text directly under the root belongs to no block; the binding cannot read it.
    for (let index = root.length - 1; index >= 0; index--) {
      if (!(root.get(index) instanceof Y.XmlElement)) root.delete(index);
    }
    return fittingDocument(yXmlFragmentToProseMirrorFragment(root, documentSchema));
  } finally {
    doc.destroy();
  }
}

function fittingDocument(children: Fragment): Node {
  const fitting = children.content.filter(isValidBlock);
  const node = documentSchema.topNodeType.createAndFill(null, Fragment.from(fitting));
  if (node === null) throw new Error('the schema allows no empty document');
  return node;
}

function isValidBlock(node: Node): boolean {
  if (!node.type.isInGroup('block')) return false;
  try {
    node.check();
    return true;
  } catch {
    return false;
  }
}
