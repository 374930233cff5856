import type * as Y from 'yjs';
import type { LiveSequence } from './live.ts';
import type { Placed, Shown } from './shape.ts';

/** The last block that a tree shows before a position. */
export function lastShownBefore(root: Placed, position: number): Shown | null {
  let found: Shown | null = null;
  let at = 0;
  for (const child of root.children ?? []) {
    if (at >= position) break;
    found = (child.children?.length ? lastShownBefore(child, position - at - 1) : child.shows) ?? found;
    at += child.node.nodeSize;
  }
  return found;
}

/** The last item of a block's content. */
export function lastItemOf({ block }: Shown, live: LiveSequence): Y.Item | null {
  const marker = live.of(block)?.marker ?? null;
  let last = marker;
  for (let at = marker === null ? live.text._start : marker.right; at !== null; at = at.right) {
    if (at.deleted || !at.countable) continue;
    if (live.at(at) !== undefined) break;
    last = at;
  }
  return last;
}
