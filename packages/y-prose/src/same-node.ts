import type { Node } from 'prosemirror-model';

/** Whether two nodes are equal. Documents have most of their nodes in common: these are not even looked at. */
export function sameNode(a: Node, b: Node): boolean {
  if (a === b) return true;
  if (a.isText || b.isText) return a.eq(b);
  const [children, others] = [a.children, b.children];
  return (
    children.length === others.length &&
    a.sameMarkup(b) &&
    children.every((child, index) => child === others[index] || child.eq(others[index] as Node))
  );
}
