import type { EditorState } from 'prosemirror-state';
import type * as Y from 'yjs';
import { spansOf } from './align.ts';
import { type Clocks, deletedIds, type IdRanges, idsOfUpdates } from './id-ranges.ts';
import type { LiveBlock, LiveSequence } from './live.ts';
import { eachShown, liveOf, positionOf } from './positions.ts';
import { embeddedMap } from './storage.ts';

/** A time in which somebody did not see what others did. */
export interface Absence {
  /** What they had seen, when it began. */
  readonly seen: Y.Snapshot;
  /** What they wrote themselves while the others did not see it either, as Yjs updates. */
  readonly own: readonly Uint8Array[];
}

/** A block in which others have changed something. */
export interface ChangedBlock {
  /** The node that shows it. */
  readonly from: number;
  readonly to: number;
  /** Whether whoever was absent has changed something in it, too. */
  readonly byBoth: boolean;
  /** What others have written in it: positions, in order. */
  readonly inserted: readonly { readonly from: number; readonly to: number }[];
  /** Where others have deleted something: positions, in order. */
  readonly deleted: readonly number[];
}

/**
 * Where others have changed the document in somebody's absence, in the order of the text. A block that was deleted counts
 * for the one before it.
 *
 * Costs one walk over the items of the text.
 *
 * @returns `null` when the state is bound to no text at present
 */
export function changesSince(state: EditorState, absence: Absence): ChangedBlock[] | null {
  const live = liveOf(state);
  return live === null ? null : placesOf(live, new Reader(live, absence).read());
}

/** What was done to a block, in units of the `Y.Text` from behind its marker. */
interface Traces {
  theirs: boolean;
  own: boolean;
  readonly inserted: [from: number, to: number][];
  readonly deleted: number[];
}

class Reader {
  readonly #live: LiveSequence;
  readonly #known: Map<number, number>;
  readonly #deletedBefore: IdRanges;
  readonly #own: { made: IdRanges; deleted: IdRanges };

  constructor(live: LiveSequence, { seen, own }: Absence) {
    this.#live = live;
    this.#known = seen.sv;
    this.#own = idsOfUpdates(own);
    this.#deletedBefore = deletedIds(seen.ds);
  }

  read(): Map<LiveBlock, Traces> {
    const changed = new Map<LiveBlock, Traces>();
    const begin = (block: LiveBlock | undefined): Traces => {
      const traces: Traces = { theirs: false, own: false, inserted: [], deleted: [] };
      if (block !== undefined) changed.set(block, traces);
      return traces;
    };
    let traces = begin(this.#live.at(null));
    let unit = 0;
    for (let item = this.#live.text._start; item !== null; item = item.right) {
      const block = item.deleted ? undefined : this.#live.at(item);
      if (block !== undefined) {
        traces = begin(block);
        unit = 0;
      }
      if (item.deleted) this.#readDeleted(item, unit, traces);
      else {
        const isContent = item.countable && block === undefined;
        for (const [from, end] of this.#made(item, traces)) {
          const [start, length] = [unit + from - item.id.clock, end - from];
          if (isContent) traces.inserted.push([start, start + length]);
        }
        this.#readProperties(item, traces);
        if (isContent) unit += item.length;
      }
    }
    return changed;
  }

  /** What others have made of an item; that something was made is noted. */
  #made({ id: { client, clock }, length }: Y.Item, traces: Traces): Clocks[] {
    const { made } = this.#own;
    const end = clock + length;
    if (made.inside(client, clock, end).length > 0) traces.own = true;
    const theirs = made.outside(client, Math.max(clock, this.#known.get(client) ?? 0), end);
    if (theirs.length > 0) traces.theirs = true;
    return theirs;
  }

  #readDeleted({ id: { client, clock }, length, countable }: Y.Item, unit: number, traces: Traces): void {
    const { deleted } = this.#own;
    const end = Math.min(clock + length, this.#known.get(client) ?? 0);
    if (deleted.inside(client, clock, clock + length).length > 0) traces.own = true;
    const missing = this.#deletedBefore
      .outside(client, clock, end)
      .flatMap(([from, to]) => deleted.outside(client, from, to));
    if (missing.length === 0) return;
    traces.theirs = true;
    if (countable) traces.deleted.push(unit);
  }

  /** What kind of block or inline node it is, and its attributes: of several changes the last is there, and the others deleted. */
  #readProperties(item: Y.Item, traces: Traces): void {
    for (const property of embeddedMap(item)?._map.values() ?? []) {
      for (let at: Y.Item | null = property; at !== null; at = at.left) this.#made(at, traces);
    }
  }
}

function placesOf(live: LiveSequence, changed: Map<LiveBlock, Traces>): ChangedBlock[] {
  const places: ChangedBlock[] = [];
  eachShown(live.tree.root, 0, (placed, position) => {
    const { shows } = placed;
    const block = shows === null ? undefined : live.of(shows.block);
    const traces = block && changed.get(block);
    if (shows === null || !traces?.theirs) return;
    const inserted = spansOf(placed, position + 1).flatMap(span =>
      traces.inserted
        .map(([from, to]) => ({
          from: span.position + Math.max(0, from - span.unit),
          to: span.position + Math.min(span.length, to - span.unit),
        }))
        .filter(({ from, to }) => from < to),
    );
    const deleted = placed.node.isTextblock
      ? traces.deleted.filter(unit => unit <= shows.to).map(unit => positionOf({ placed, position }, unit))
      : [];
    // What has no room in the node of its block follows in another one.
    if (!shows.marker && shows.block.id !== '' && inserted.length === 0) return;
    const to = position + placed.node.nodeSize;
    places.push({ from: position, to, byBoth: traces.own, inserted, deleted: [...new Set(deleted)] });
  });
  return places;
}
