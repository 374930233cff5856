import type { Node } from 'prosemirror-model';
import { equalEnds } from './equal-ends.ts';
import type { Spot } from './flatten.ts';
import type { Placed } from './shape.ts';
import { startsOf } from './starts.ts';

/** The children of one node that differ between two documents: all before and behind them are the same. */
export interface Window {
  /** Position of the first of them, in both documents. */
  readonly position: number;
  readonly before: readonly Placed[];
  readonly now: readonly Node[];
  /** The node they are in, in both documents; `null`: the document itself. */
  readonly spot: Spot | null;
  readonly nowSpot: Spot | null;
  /** The nodes around them in the tree, also across containers; `null`: none. */
  readonly previous: Placed | null;
  readonly next: Placed | null;
}

/** @param whole - compares nothing: the window is everything */
export function changedWindow(root: Placed, document: Node, whole = false): Window {
  let [placed, node] = [root, document];
  let [spot, nowSpot]: [Spot | null, Spot | null] = [null, null];
  let start = 0;
  let [previous, next]: [Placed | null, Placed | null] = [null, null];
  for (;;) {
    const children = placed.children ?? [];
    const nowNodes = node.children;
    const { first, last } = whole ? { first: 0, last: 0 } : equalEnds(placed.node.children, nowNodes);
    const position = start + (startsOf(placed)[first] as number);
    let [end, nowEnd] = [children.length - last, nowNodes.length - last];
    previous = children[first - 1] ?? previous;
    if (first < end || first < nowEnd) {
      const more = goingOn(children, end);
      end += more;
      nowEnd += more;
    }
    next = children[end] ?? next;
    const [only, nowOnly] = [children[first], nowNodes[first]];
    if (
      !whole &&
      end === first + 1 &&
      nowEnd === first + 1 &&
      only?.children?.length &&
      nowOnly !== undefined
    ) {
      if (only.node.sameMarkup(nowOnly) && nowOnly.childCount > 0) {
        spot = { node: only.node, position, parent: spot, placed: only };
        nowSpot = { node: nowOnly, position, parent: nowSpot, placed: null };
        [placed, node] = [only, nowOnly];
        start = position + 1;
        continue;
      }
    }
    const now = nowNodes.slice(first, nowEnd);
    return { position, before: children.slice(first, end), now, spot, nowSpot, previous, next };
  }
}

/**
 * How many nodes after a change belong to it: what goes on from the block before, without a marker of its own, gets one when
 * something comes between.
 */
function goingOn(children: readonly Placed[], end: number): number {
  let at = end;
  while (at < children.length && isPlaceholder(children[at] as Placed)) at++;
  return at < children.length && lacksMarker(children[at] as Placed) ? at + 1 - end : 0;
}

const isPlaceholder = ({ shows, children }: Placed) => shows === null && children === null;

/** Whether what it shows begins in the middle of a block, or before the first marker. */
function lacksMarker({ shows, children }: Placed): boolean {
  if (shows !== null) return !shows.marker || shows.block.id === '';
  const first = children?.find(child => !isPlaceholder(child));
  return first !== undefined && lacksMarker(first);
}
