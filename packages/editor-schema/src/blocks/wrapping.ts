import { NodeRange, type NodeType } from '@tiptap/pm/model';
import type { Selection } from '@tiptap/pm/state';

/**
 * The selected blocks, or the blocks around them: the innermost ones in whose place a node of this type may be. In a list,
 * where only items may be, that is the list.
 */
export function rangeToWrap({ $from, $to }: Selection, type: NodeType): NodeRange | null {
  let range = $from.blockRange($to);
  while (range !== null && !range.parent.canReplaceWith(range.startIndex, range.endIndex, type)) {
    range = range.depth === 0 ? null : new NodeRange($from, $to, range.depth - 1);
  }
  return range;
}
