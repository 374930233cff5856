class Node<Value> {
  /** What it adds to the text of the node above; only the root's is empty. */
  label: string;
  /** By the first code unit of their labels. */
  readonly children = new Map<string, Node<Value>>();
  readonly values = new Set<Value>();

  constructor(label: string) {
    this.label = label;
  }

  adopt(child: Node<Value>): void {
    this.children.set(child.label.charAt(0), child);
  }
}

/**
 * Values by a text each: finds those whose text another one begins with, however many others there are, in time that
 * grows with that one's length. A radix tree: every node has a value or leads to several.
 */
export class PrefixTree<Value> {
  readonly #root = new Node<Value>('');

  add(prefix: string, value: Value): void {
    let node = this.#root;
    for (let at = 0; at < prefix.length; at += node.label.length) {
      const child = node.children.get(prefix.charAt(at)) ?? new Node<Value>(prefix.slice(at));
      const length = sharedLength(child.label, prefix, at);
      let next = child;
      if (length < child.label.length) {
        next = new Node<Value>(child.label.slice(0, length));
        child.label = child.label.slice(length);
        next.adopt(child);
      }
      node.adopt(next);
      node = next;
    }
    node.values.add(value);
  }

  /** Takes out a value that was added with this prefix. */
  delete(prefix: string, value: Value): void {
    const path = this.#path(prefix);
    path.at(-1)?.values.delete(value);
    for (let depth = path.length - 1; depth > 0; depth--) {
      const [parent, node] = [path[depth - 1] as Node<Value>, path[depth] as Node<Value>];
      if (node.values.size > 0 || node.children.size > 1) break;
      const [only] = node.children.values();
      if (only === undefined) parent.children.delete(node.label.charAt(0));
      else {
        only.label = node.label + only.label;
        parent.adopt(only);
      }
    }
  }

  /** The values with whose prefixes the text begins. */
  find(text: string): Value[] {
    return this.#path(text).flatMap(({ values }) => [...values]);
  }

  /** From the root down, the nodes that the text leads to. */
  #path(text: string): Node<Value>[] {
    const path = [this.#root];
    let at = 0;
    for (let node: Node<Value> | undefined = this.#root; ; path.push(node)) {
      node = node.children.get(text.charAt(at));
      if (node === undefined || !text.startsWith(node.label, at)) return path;
      at += node.label.length;
    }
  }
}

/** How far a label and a text go together. */
function sharedLength(label: string, text: string, from: number): number {
  let length = 0;
  while (length < label.length && label.charAt(length) === text.charAt(from + length)) length++;
  return length;
}
