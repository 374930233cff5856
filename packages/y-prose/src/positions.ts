import type { EditorState } from 'prosemirror-state';
import * as Y from 'yjs';
import { sizeOf, spansOf } from './align.ts';
import type { LiveBlock, LiveSequence } from './live.ts';
import type { Placed } from './shape.ts';
import { childAt, startsOf } from './starts.ts';
import { sessionOf } from './sync.ts';

/**
 * What a position in the document is, whatever happens to the text around it: beside which character, which stays the
 * same when blocks are split, joined, wrapped, indented or become another kind.
 *
 * @param position - in `state.doc`
 * @param assoc - the side it keeps to where something is inserted right there: −1 the character before it, 0 or more the
 *   one behind it. The end of a block keeps to what is before it.
 * @returns a position as Yjs has them, for `Y.encodeRelativePosition` and awareness; `null` when the state is bound to
 *   no text at present
 */
export function toRelativePosition(
  state: EditorState,
  position: number,
  assoc = 0,
): Y.RelativePosition | null {
  const live = liveOf(state);
  return live === null ? null : relativePosition(live, position, assoc);
}

/**
 * The inverse of {@link toRelativePosition}. What is beside a deleted character is where that was.
 *
 * @returns `null` when the text does not have the character yet, or the state is bound to no text
 */
export function fromRelativePosition(state: EditorState, relative: Y.RelativePosition): number | null {
  const live = liveOf(state);
  return live === null ? null : absolutePosition(live, relative);
}

/** What a state is bound to; `null`: nothing at present. */
export function liveOf(state: EditorState): LiveSequence | null {
  const binding = sessionOf(state)?.binding;
  if (!binding) return null;
  if (binding.live.tree.root.node !== state.doc && binding.host.state === state) binding.write();
  return binding.live;
}

export function relativePosition(live: LiveSequence, position: number, assoc: number): Y.RelativePosition {
  const inside = textblockAt(live.tree.root, position);
  const found = inside?.placed.shows ? live.of(inside.placed.shows.block) : undefined;
  if (inside === null || found === undefined) return beforeNext(live, position);
  const { placed, start } = inside;
  const spans = spansOf(placed, start);
  const shows = placed.shows;
  let unit = shows?.from ?? 0;
  for (const span of spans) {
    // Where two meet, something out of sight is between them: the side before does not reach over it.
    const reaches = assoc < 0 ? span.position < position : span.position <= position;
    if (reaches) unit = span.unit + Math.min(position - span.position, span.length);
  }
  const atEnd = unit >= (shows?.to ?? 0);
  if (assoc >= 0 && !atEnd) return besideUnit(live, found, unit, assoc);
  return unit > 0 ? besideUnit(live, found, unit - 1, -1) : besideItem(live, found.marker, 0, -1);
}

/** For positions that are in no text: before the next block, at the end of the document behind everything. */
function beforeNext(live: LiveSequence, position: number): Y.RelativePosition {
  let next: Y.Item | null | undefined;
  eachShown(live.tree.root, 0, (placed, at) => {
    if (next === undefined && at >= position && placed.shows?.marker) {
      next = live.of(placed.shows.block)?.marker;
    }
  });
  return next ? besideItem(live, next, 0, 0) : besideItem(live, null, 0, position === 0 ? -1 : 0);
}

function besideUnit(live: LiveSequence, block: LiveBlock, unit: number, assoc: number): Y.RelativePosition {
  let left = unit;
  let item = block.marker === null ? live.text._start : block.marker.right;
  for (; item !== null; item = item.right) {
    if (item.deleted || !item.countable) continue;
    if (left < item.length) return besideItem(live, item, left, assoc);
    left -= item.length;
  }
  return besideItem(live, null, 0, assoc);
}

function besideItem(
  live: LiveSequence,
  item: Y.Item | null,
  offset: number,
  assoc: number,
): Y.RelativePosition {
  const id = item === null ? null : Y.createID(item.id.client, item.id.clock + offset);
  const type = live.text as unknown as Parameters<typeof Y.findRootTypeKey>[0];
  const nested = live.text._item;
  const name = id !== null || nested !== null ? null : Y.findRootTypeKey(type);
  return new Y.RelativePosition(id === null && nested !== null ? nested.id : null, name, id, assoc);
}

export function absolutePosition(live: LiveSequence, relative: Y.RelativePosition): number | null {
  const { item: id, assoc } = relative;
  if (id === null) {
    const blocks = live.tree.root.node.content.size;
    return assoc < 0 ? 0 : blocks;
  }
  const { store } = live.doc;
  if (Y.getState(store, id.client) <= id.clock) return null;
  let item = Y.getItem(store, id) as Y.Item | Y.GC;
  let offset = id.clock - item.id.clock;
  // What was deleted and brought back by undo goes on as another item.
  while (item instanceof Y.Item && item.redone !== null) {
    const next = Y.createID(item.redone.client, item.redone.clock + offset);
    item = Y.getItem(store, next) as Y.Item | Y.GC;
    offset = next.clock - item.id.clock;
  }
  if (!(item instanceof Y.Item) || item.parent !== (live.text as unknown)) return null;
  const block = live.around(item);
  if (block.marker === item) {
    const spot = spotOf(live.tree.root, block, 0, true);
    if (spot === null) return null;
    if (assoc >= 0) return spot.position;
    return spot.position + (spot.placed.node.isTextblock ? 1 : spot.placed.node.nodeSize);
  }
  let unit = item.deleted || !item.countable ? 0 : offset + (assoc < 0 ? 1 : 0);
  for (let at = item.left; at !== null && at !== block.marker; at = at.left) {
    if (!at.deleted && at.countable) unit += at.length;
  }
  const spot = spotOf(live.tree.root, block, unit, false);
  return spot === null ? null : positionOf(spot, unit);
}

interface Spot {
  readonly placed: Placed;
  readonly position: number;
}

/** The node that shows a unit of a block, or the block's marker. */
function spotOf(root: Placed, { block }: LiveBlock, unit: number, marker: boolean): Spot | null {
  let found: Spot | null = null;
  eachShown(root, 0, (placed, position) => {
    const { shows } = placed;
    if (shows?.block !== block || (marker && !shows.marker)) return;
    if (found === null || (shows.from <= unit && placed.node.isTextblock)) found = { placed, position };
  });
  return found;
}

export function positionOf({ placed, position }: Spot, unit: number): number {
  if (!placed.node.isTextblock) return position + placed.node.nodeSize;
  let found = position + 1;
  for (const span of spansOf(placed, position + 1)) {
    const into = unit - span.unit;
    if (into >= 0) found = span.position + (into < span.length ? into : sizeOf(span));
  }
  return found;
}

/** Calls back for every node that shows something of the sequence, with the position before it. */
export function eachShown(
  placed: Placed,
  start: number,
  visit: (placed: Placed, position: number) => void,
): void {
  const { children } = placed;
  if (children === null) return;
  const starts = startsOf(placed);
  for (let index = 0; index < children.length; index++) {
    const child = children[index] as Placed;
    const position = start + (starts[index] as number);
    if (child.shows !== null) visit(child, position);
    else if (child.children !== null) eachShown(child, position + 1, visit);
  }
}

function textblockAt(root: Placed, position: number): { placed: Placed; start: number } | null {
  let start = 0;
  for (let around = root; ; ) {
    const index = childAt(around, position - start);
    const child = around.children?.[index];
    if (child === undefined) return null;
    const at = start + (startsOf(around)[index] as number);
    if (position <= at) return null;
    if (child.node.isTextblock) return { placed: child, start: at + 1 };
    around = child;
    start = at + 1;
  }
}
