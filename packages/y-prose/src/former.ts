import * as Y from 'yjs';
import type { Changes } from './changes.ts';
import type { LiveBlock, LiveSequence, Origin, Origins, Piece } from './live.ts';
import type { Block } from './sequence.ts';

/** Units with successive clocks of one client. */
export interface IdRange {
  readonly client: number;
  readonly clock: number;
  readonly length: number;
}

/** A block as it was, in an editor that does not show yet what became of it. */
export interface FormerBlock {
  readonly marker: Y.Item | null;
  readonly block: Block;
  /** Its content, in order. */
  readonly ids: readonly IdRange[];
}

/** Blocks that an editor still shows although they have changed in the text. */
export type FormerBlocks = Map<Block, FormerBlock>;

/**
 * Where the content of a block was before something changed.
 *
 * @param next - the block behind it, before the change
 */
export function formerBlock(
  { marker, block }: LiveBlock,
  next: LiveBlock | undefined,
  changes: Changes,
): FormerBlock {
  const { text } = changes;
  const ids: IdRange[] = [];
  const end = next?.marker?.id;
  // Deleted items may have been merged: it is looked for where it lies now.
  let item = marker === null ? text._start : itemAt(text, marker.id);
  let from = marker === null ? (item?.id.clock ?? 0) : marker.id.clock + 1;
  while (item !== null) {
    const isLast =
      end?.client === item.id.client && end.clock >= from && end.clock < item.id.clock + item.length;
    const to = isLast ? end.clock : item.id.clock + item.length;
    if (item.deleted || item.countable) {
      for (const [clock, length] of changes.before(item, from, to)) {
        ids.push({ client: item.id.client, clock, length });
      }
    }
    if (isLast) break;
    item = item.right;
    from = item?.id.clock ?? 0;
  }
  return { marker, block, ids };
}

function itemAt(text: Y.Text, id: Y.ID): Y.Item {
  return Y.getItem((text.doc as Y.Doc).store, id) as Y.Item;
}

/** Where what is in a text now is in the blocks that an editor still shows. */
export function originsIn(former: FormerBlocks, live: LiveSequence): Origins {
  const origins = new Map<Block, Origin>();
  const places = new Map<number, { from: number; to: number; block: Block; offset: number }[]>();
  const markers = new Map<Y.Item | null, Block>();
  for (const { marker, block, ids } of former.values()) {
    markers.set(marker, block);
    let offset = 0;
    for (const { client, clock, length } of ids) {
      const list = places.get(client) ?? [];
      list.push({ from: clock, to: clock + length, block, offset });
      places.set(client, list);
      offset += length;
    }
  }
  for (const current of live.all) {
    if (former.has(current.block)) continue;
    const pieces: Piece[] = [];
    let now = 0;
    for (const { client, clock, length } of live.idsOf(current)) {
      for (const { from, to, block, offset } of places.get(client) ?? []) {
        const [start, end] = [Math.max(from, clock), Math.min(to, clock + length)];
        if (start >= end) continue;
        pieces.push({ block, before: offset + start - from, now: now + start - clock, length: end - start });
      }
      now += length;
    }
    const marker = markers.get(current.marker) ?? null;
    if (marker === null && pieces.length === 0) continue;
    pieces.sort((a, b) => a.now - b.now);
    origins.set(current.block, { marker, pieces });
  }
  return origins;
}
