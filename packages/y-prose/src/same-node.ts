import type { Node } from 'prosemirror-model';
import { equalEnds } from './equal-ends.ts';

/** Whether two nodes are equal. */
export function sameNode(a: Node, b: Node): boolean {
  if (a === b) return true;
  if (a.isText || b.isText) return a.eq(b);
  const [children, others] = [a.children, b.children];
  if (children.length !== others.length || !a.sameMarkup(b)) return false;
  return equalEnds(children, others).first === children.length;
}
