import { Fragment, type Mark, type Node, type NodeType } from '@tiptap/pm/model';
import * as Y from 'yjs';
import { nodeToUpdate } from './convert.ts';
import { documentSchema } from './schema.ts';

/** The root type that held a document's text before: a tree of XML elements, as the stock binding of Tiptap writes it. */
const FORMER_ROOT = 'content';

/**
 * Writes a document of the former format anew in the present one. Text is never left out: what the schema does not know
 * is kept as unknown, and what is where it may not be goes where it can.
 *
 * @param updates - Yjs updates (version 1 encoding) that hold a whole document of the former format
 * @returns a Yjs update that builds on nothing; see `documentToUpdate`
 * @throws Error when the updates build on others that are not among them
 */
export function formerToUpdate(...updates: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const doc = new Y.Doc();
  try {
    for (const update of updates) Y.applyUpdate(doc, update);
    if (doc.store.pendingStructs !== null || doc.store.pendingDs !== null) {
      throw new Error('The updates of the former document are not complete');
    }
    const children = doc.getXmlFragment(FORMER_ROOT).toArray();
    return nodeToUpdate(nodeOf(documentSchema.topNodeType, {}, children));
  } finally {
    doc.destroy();
  }
}

type Child = Y.XmlElement | Y.XmlText | Y.XmlHook;

function nodeOf(type: NodeType, attributes: Record<string, unknown>, children: readonly Child[]): Node {
  const content = children.flatMap(nodesOf);
  const fitting = type.inlineContent ? content.flatMap(inlineOf) : blocksOf(content);
  return type.create(attributes, Fragment.from(type.isLeaf ? [] : fitting));
}

function nodesOf(child: Child): Node[] {
  if (child instanceof Y.XmlText) return textOf(child);
  if (!(child instanceof Y.XmlElement)) return [];
  const children = child.toArray() as Child[];
  const type = documentSchema.nodes[child.nodeName];
  if (type !== undefined && type !== documentSchema.topNodeType && !type.isText) {
    return [nodeOf(type, child.getAttributes(), children)];
  }
  // What it was is not known; what is in it is.
  const content = children.flatMap(nodesOf);
  if (content.some(node => node.isBlock)) return blocksOf(content);
  const unknown = documentSchema.nodes.unknownBlock as NodeType;
  return [unknown.create({ type: child.nodeName, attributes: child.getAttributes() }, content)];
}

function textOf(text: Y.XmlText): Node[] {
  const runs: { insert: unknown; attributes?: Record<string, unknown> }[] = text.toDelta();
  return runs.flatMap(({ insert, attributes = {} }) =>
    typeof insert === 'string' && insert !== ''
      ? [documentSchema.text(insert, Object.entries(attributes).map(markOf))]
      : [],
  );
}

function markOf([name, value]: [string, unknown]): Mark {
  const type = documentSchema.marks[name];
  if (type === undefined) return documentSchema.mark('unknownMark', { key: name, value });
  return type.create(typeof value === 'object' ? (value as Record<string, unknown> | null) : null);
}

/** Text between blocks becomes a paragraph. */
function blocksOf(content: readonly Node[]): Node[] {
  const blocks: Node[] = [];
  let loose: Node[] = [];
  const gather = () => {
    if (loose.length > 0) blocks.push(documentSchema.node('paragraph', null, loose));
    loose = [];
  };
  for (const node of content) {
    if (node.isInline) {
      loose.push(node);
      continue;
    }
    gather();
    blocks.push(node);
  }
  gather();
  return blocks;
}

/** Of a block where only text may be, its text. */
function inlineOf(node: Node): Node[] {
  return node.isInline ? [node] : node.content.content.flatMap(inlineOf);
}
