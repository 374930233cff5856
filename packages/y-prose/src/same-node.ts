import type { Node } from 'prosemirror-model';

/** Whether two nodes are equal. Documents have most of their nodes in common: these are not even looked at. */
export function sameNode(a: Node, b: Node): boolean {
  if (a === b) return true;
  if (a.isText || b.isText) return a.eq(b);
  const [children, others] = [a.children, b.children];
  if (children.length !== others.length || !a.sameMarkup(b)) return false;
  for (let index = 0; index < children.length; index++) {
    const [child, other] = [children[index] as Node, others[index] as Node];
    if (child !== other && !child.eq(other)) return false;
  }
  return true;
}
