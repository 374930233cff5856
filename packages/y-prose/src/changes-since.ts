import type { EditorState } from 'prosemirror-state';
import type * as Y from 'yjs';
import { spansOf } from './align.ts';
import { type Clocks, deletedIds, idsOfUpdates } from './id-ranges.ts';
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

/** A block in which something has changed. */
export interface ChangedBlock {
  /** The node that shows it. */
  readonly from: number;
  readonly to: number;
  /** Whether whoever was absent has changed something in it, too. */
  readonly byBoth: boolean;
  /** What is new in it (what others have written): positions, in order. */
  readonly inserted: readonly { readonly from: number; readonly to: number }[];
  /** Where something is gone (others have deleted it): positions, in order. */
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
  return changes(state, unknownTo(absence));
}

/**
 * Where these Yjs updates, which the document contains, have changed it: as {@link changesSince} does, and at the same cost.
 *
 * @returns `null` when the state is bound to no text at present
 */
export function changesIn(state: EditorState, updates: readonly Uint8Array[]): ChangedBlock[] | null {
  return changes(state, foundIn(updates));
}

/** What is looked for in a stretch of one client's clocks. */
interface Search {
  /** What of it is new. */
  made(client: number, from: number, end: number): Clocks[];
  /** What of it, which is deleted, was deleted newly. */
  deleted(client: number, from: number, end: number): Clocks[];
  /** Whether whoever was absent has made, or deleted, any of it. */
  isOwn(did: 'made' | 'deleted', client: number, from: number, end: number): boolean;
}

function unknownTo({ seen, own: updates }: Absence): Search {
  const own = idsOfUpdates(updates);
  const deletedBefore = deletedIds(seen.ds);
  const knownOf = (client: number) => seen.sv.get(client) ?? 0;
  return {
    made: (client, from, end) => own.made.outside(client, Math.max(from, knownOf(client)), end),
    deleted: (client, from, end) =>
      deletedBefore
        .outside(client, from, Math.min(end, knownOf(client)))
        .flatMap(([first, last]) => own.deleted.outside(client, first, last)),
    isOwn: (did, client, from, end) => own[did].inside(client, from, end).length > 0,
  };
}

function foundIn(updates: readonly Uint8Array[]): Search {
  const { made, deleted } = idsOfUpdates(updates);
  return {
    made: (client, from, end) => made.inside(client, from, end),
    // What they wrote and deleted again was never there for anybody else.
    deleted: (client, from, end) =>
      deleted.inside(client, from, end).flatMap(([first, last]) => made.outside(client, first, last)),
    isOwn: () => false,
  };
}

function changes(state: EditorState, search: Search): ChangedBlock[] | null {
  const live = liveOf(state);
  return live === null ? null : placesOf(live, new Reader(live, search).read());
}

/** What was done to a block, in units of the `Y.Text` from behind its marker. */
interface Traces {
  isNew: boolean;
  own: boolean;
  readonly inserted: [from: number, to: number][];
  readonly deleted: number[];
}

class Reader {
  readonly #live: LiveSequence;
  readonly #search: Search;

  constructor(live: LiveSequence, search: Search) {
    this.#live = live;
    this.#search = search;
  }

  read(): Map<LiveBlock, Traces> {
    const changed = new Map<LiveBlock, Traces>();
    const begin = (block: LiveBlock | undefined): Traces => {
      const traces: Traces = { isNew: false, own: false, inserted: [], deleted: [] };
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

  /** What of an item is new; that something is is noted. */
  #made({ id: { client, clock }, length }: Y.Item, traces: Traces): Clocks[] {
    const end = clock + length;
    if (this.#search.isOwn('made', client, clock, end)) traces.own = true;
    const made = this.#search.made(client, clock, end);
    if (made.length > 0) traces.isNew = true;
    return made;
  }

  #readDeleted({ id: { client, clock }, length, countable }: Y.Item, unit: number, traces: Traces): void {
    const end = clock + length;
    if (this.#search.isOwn('deleted', client, clock, end)) traces.own = true;
    if (this.#search.deleted(client, clock, end).length === 0) return;
    traces.isNew = true;
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
    if (shows === null || !traces?.isNew) return;
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
