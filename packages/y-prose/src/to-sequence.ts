import type { Node } from 'prosemirror-model';
import { atomOf, formatsOf, kindOf, storedAttributes } from './kinds.ts';
import type { Block, Container, Inline, Sequence } from './sequence.ts';
import { NONE } from './values.ts';

/**
 * The sequence that shows a document, the inverse of `toTree`.
 *
 * Pure. Blocks and containers get ids by their order (containers `1`, `2`, …), the same for the same document.
 */
export function toSequence(document: Node): Sequence {
  const blocks: Block[] = [];
  const containers = new Map<string, Container>();
  const add = (parent: Node, inside: { in?: string }) => {
    parent.forEach(node => {
      const { type, ...kind } = kindOf(node);
      if (isBlockOfSequence(node)) {
        const id = `0:${blocks.length}`;
        blocks.push({
          id,
          ...(type === undefined ? {} : { type }),
          ...inside,
          ...kind,
          content: inlinesOf(node),
        });
      } else {
        const id = String(containers.size + 1);
        containers.set(id, { type: node.type.name, ...inside, ...kind });
        add(node, { in: id });
      }
    });
  };
  add(document, {});
  return { attributes: storedAttributes(document.attrs, document.type), containers, blocks };
}

/** Whether a node is one block of the sequence: a textblock, or one without content. Others are containers. */
export function isBlockOfSequence(node: Node): boolean {
  return node.isTextblock || node.childCount === 0;
}

/** What the sequence says of a textblock's content. */
export function inlinesOf(textblock: Node): Inline[] {
  const content: Inline[] = [];
  textblock.forEach(node => {
    const formats = node.marks.length === 0 ? NONE : formatsOf(node.marks);
    content.push(node.isText ? { text: node.text ?? '', formats } : { ...atomOf(node), formats });
  });
  return content;
}
