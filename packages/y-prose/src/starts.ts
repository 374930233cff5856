import type { Placed } from './shape.ts';

// A document has thousands of blocks. Adding up their sizes means looking at each of them, which for every key and every edit of
// somebody else would be most of the work; so where the children of a node begin is remembered, and shifted when one changes.

const known = new WeakMap<readonly Placed[], Int32Array>();

/** Where the children of a node begin within its content, and behind the last where the content ends. */
export function startsOf({ node, children }: Placed): Int32Array {
  const list = children ?? [];
  let starts = known.get(list);
  if (starts === undefined) {
    starts = new Int32Array(list.length + 1);
    for (let index = 0; index < list.length; index++) {
      starts[index + 1] = (starts[index] as number) + node.child(index).nodeSize;
    }
    known.set(list, starts);
  }
  return starts;
}

/** Notes where children begin of which some have taken the place of others. @param changed - their indexes, ascending */
export function shiftStarts(before: Placed, now: readonly Placed[], changed: Iterable<number>): void {
  const old = before.children ?? [];
  // Counted where nobody has asked yet: somebody will, for as long as there are changes, and then it would never be known.
  const starts = startsOf(before).slice();
  let shift = 0;
  let next = 0;
  for (const index of changed) {
    shiftBetween(starts, next, index + 1, shift);
    next = index + 1;
    shift += (now[index] as Placed).node.nodeSize - (old[index] as Placed).node.nodeSize;
  }
  shiftBetween(starts, next, starts.length, shift);
  known.set(now, starts);
}

function shiftBetween(starts: Int32Array, from: number, to: number, shift: number): void {
  if (shift !== 0) for (let at = from; at < to; at++) (starts[at] as number) += shift;
}

/** The child that a place within the content is in or begins with; the number of children: it is behind all of them. */
export function childAt(placed: Placed, offset: number): number {
  const starts = startsOf(placed);
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle + 1] as number) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
