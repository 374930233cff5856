import type { Node } from 'prosemirror-model';

/** How many nodes two lists have in common at their start, and how many at the end of what is left. */
export function equalEnds(
  nodes: readonly Node[],
  others: readonly Node[],
): { readonly first: number; readonly last: number } {
  const { length } = nodes;
  const { length: otherLength } = others;
  const least = Math.min(length, otherLength);
  let first = 0;
  while (first < least && isEqual(nodes[first], others[first])) first++;
  let last = 0;
  while (last < least - first && isEqual(nodes[length - 1 - last], others[otherLength - 1 - last])) last++;
  return { first, last };
}

/** Documents have most of their nodes in common: these are not even looked at. */
function isEqual(a: Node | undefined, b: Node | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.eq(b));
}
