import { firstMarker } from './first-marker.ts';
import type { FormerBlock, FormerBlocks } from './former.ts';
import type { LiveBlock, LiveSequence, Origins } from './live.ts';
import { patchTree } from './patch-tree.ts';
import type { Block } from './sequence.ts';
import type { Placed } from './shape.ts';

/** An editor's view of a text that has changed meanwhile: what it shows, and where Yjs keeps that. */
export interface Held {
  readonly root: Placed;
  readonly former: FormerBlocks;
}

/**
 * What an editor shows while an input method composes in one of its textblocks and others write: that block as it was, so
 * that nothing interrupts the composition, and everything else as it is.
 *
 * @param before - what the editor shows
 * @param position - in the textblock in which is composed
 * @param live - the text as it is
 * @param origins - of what has changed in it
 * @param former - blocks that changed, as they were
 * @returns `held` as far as the block has to wait; `null`: it was split, joined, moved or deleted, so that the rest cannot be
 *   shown without it
 */
export function holdBlock(
  before: Placed,
  position: number,
  live: LiveSequence,
  origins: Origins,
  former: FormerBlocks,
): { readonly root: Placed; readonly held: Held | null } | null {
  const path = pathTo(before, position);
  const composed = path.at(-1);
  const shows = composed?.shows;
  if (!composed || !shows?.marker) return null;
  const entry = former.get(shows.block);
  const current = entry === undefined ? live.of(shows.block) : blockOf(entry, live);
  if (current === undefined || !isAlone(current, origins)) return null;
  const now = pathOf(live.tree.root, current.block);
  const placed = now?.at(-1);
  if (!now || !placed || !sameAncestors(path, now)) return null;
  if (placed.node.eq(composed.node)) return { root: live.tree.root, held: null };
  const patched = patchTree(live.tree, new Map([[placed, composed]]));
  if (patched === null) return null;
  const { root } = patched;
  const kept: FormerBlock = entry ?? { ...current, ids: [...live.idsOf(current)] };
  return { root, held: { root, former: new Map([[shows.block, kept]]) } };
}

/** What has become of a block: text before the first marker may have got one. */
function blockOf({ marker }: FormerBlock, live: LiveSequence): LiveBlock | undefined {
  const first = marker === null ? firstMarker(live.text) : null;
  return live.at(first ?? marker);
}

/** Whether all of a block's text was in it before, and nothing that was in it is elsewhere. */
function isAlone({ block, shape }: LiveBlock, origins: Origins): boolean {
  if (shape.overflow !== null) return false;
  const origin = origins.get(block);
  if (origin === undefined) return true;
  const source = origin.marker ?? origin.pieces[0]?.block;
  if (source === undefined || origin.pieces.some(piece => piece.block !== source)) return false;
  return [...origins].every(
    ([other, { pieces }]) => other === block || pieces.every(piece => piece.block !== source),
  );
}

/** The nodes around a position, from the document to the textblock. */
function pathTo(root: Placed, position: number): Placed[] {
  const path = [root];
  let at = 0;
  for (let children = root.children; children !== null; ) {
    const found = children.find(child => {
      if (position < at + child.node.nodeSize) return true;
      at += child.node.nodeSize;
      return false;
    });
    if (found === undefined) return [];
    path.push(found);
    at++;
    children = found.children;
  }
  return path;
}

/** The nodes around the one that shows a block; `null`: it is not shown as a whole. */
function pathOf(placed: Placed, block: Block): Placed[] | null {
  if (placed.shows?.block === block && placed.shows.marker) return [placed];
  for (const child of placed.children ?? []) {
    const rest = pathOf(child, block);
    if (rest !== null) return [placed, ...rest];
  }
  return null;
}

function sameAncestors(a: readonly Placed[], b: readonly Placed[]): boolean {
  return (
    a.length === b.length &&
    a.slice(0, -1).every(({ id, node }, depth) => id === b[depth]?.id && node.sameMarkup(b[depth].node))
  );
}
