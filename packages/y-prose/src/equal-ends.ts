import type { Node } from 'prosemirror-model';

/** What two lists of nodes have in common. */
export interface EqualEnds {
  /** How many nodes at their start. */
  readonly first: number;
  /** How many at the end of what is left. */
  readonly last: number;
  /** Whether all of these are not only equal, but the same objects. */
  readonly identical: boolean;
}

/** Documents have most of their nodes in common: the same objects, which are not even looked at. */
export function equalEnds(nodes: readonly Node[], others: readonly Node[]): EqualEnds {
  const { length } = nodes;
  const { length: otherLength } = others;
  const least = Math.min(length, otherLength);
  let identical = true;
  let first = 0;
  for (; first < least; first++) {
    if (nodes[first] === others[first]) continue;
    if (!isEqual(nodes[first], others[first])) break;
    identical = false;
  }
  let last = 0;
  for (; last < least - first; last++) {
    const node = nodes[length - 1 - last];
    const other = others[otherLength - 1 - last];
    if (node === other) continue;
    if (!isEqual(node, other)) break;
    identical = false;
  }
  return { first, last, identical };
}

const isEqual = (a: Node | undefined, b: Node | undefined) => a !== undefined && b !== undefined && a.eq(b);
