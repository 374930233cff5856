import { Fragment } from 'prosemirror-model';
import type { Placed } from './shape.ts';
import { shiftStarts } from './starts.ts';
import type { Tree } from './tree.ts';

/**
 * The tree with some nodes replaced by others of the same kind: what `buildTree` would make where nothing but the
 * content of textblocks has changed.
 *
 * @param changed - before → now
 * @param within - ids of the containers that it is enough to look into, `''` for what is directly in the document; default: all
 * @returns `null` when not all of them are there
 */
export function patchTree(
  { root }: Tree,
  changed: ReadonlyMap<Placed, Placed>,
  within?: ReadonlySet<string>,
): Tree | null {
  const [only] = changed.keys();
  // Most are directly in the document, whose list of children is long: they are not looked at one by one.
  const place = changed.size === 1 && only !== undefined ? (root.children?.indexOf(only) ?? -1) : -1;
  if (place >= 0)
    return { root: withChildren(root, new Map([[place, changed.get(only as Placed) as Placed]])) };
  let found = 0;
  const patch = (placed: Placed): Placed => {
    const { children } = placed;
    if (children === null) {
      const now = changed.get(placed);
      if (now === undefined) return placed;
      found++;
      return now;
    }
    const isWithin = within === undefined || within.has(placed.id);
    if (!isWithin && placed !== root) return placed;
    const patched = new Map<number, Placed>();
    for (let index = 0; index < children.length; index++) {
      const child = children[index] as Placed;
      if (!isWithin && child.children === null) continue;
      const now = patch(child);
      if (now !== child) patched.set(index, now);
    }
    return patched.size === 0 ? placed : withChildren(placed, patched);
  };
  const patched = patch(root);
  if (found === changed.size) return { root: patched };
  return within === undefined ? null : patchTree({ root }, changed);
}

/** The same container with some other children, by index. */
export function withChildren(placed: Placed, changed: ReadonlyMap<number, Placed>): Placed {
  const children = placed.children?.slice() ?? [];
  for (const [index, child] of changed) children[index] = child;
  if (placed.children !== null) shiftStarts(placed, children, changed.keys());
  const { node } = placed;
  const [first = 0] = changed.keys();
  const content =
    changed.size === 1
      ? node.content.replaceChild(first, (children[first] as Placed).node)
      : Fragment.fromArray(children.map(child => child.node));
  return { ...placed, node: node.copy(content), children };
}
