import type { Node } from 'prosemirror-model';
import type * as Y from 'yjs';
import { ancestors, assignContainers, type BlockPairs, blockPairs, movedBlocks } from './assign.ts';
import { ContainerChanges, parentIdBefore } from './container-changes.ts';
import type { Flat, Spot, Units } from './flatten.ts';
import { FormatRanges } from './format-ranges.ts';
import type { FormerBlocks, IdRange } from './former.ts';
import { inlineInsertion } from './inline-insertion.ts';
import { lastItemOf, lastShownBefore } from './insertion-point.ts';
import { forgetSearchMarkers } from './items.ts';
import { changedValues, kindChanges, setOrDelete } from './kind-changes.ts';
import { atomOf, formatsOf, kindOf } from './kinds.ts';
import type { LiveSequence } from './live.ts';
import type { Match } from './match.ts';
import { mapped, type Segment } from './segments.ts';
import type { Placed } from './shape.ts';
import { ATTRIBUTE, embeddedMap, IN, type StoredKind } from './storage.ts';
import { NONE, type Value, type Values } from './values.ts';
import type { Window } from './window.ts';
import { type Insertion, Writer } from './writer.ts';

/** What a change is made of: the document before and now, flattened and matched. */
export interface Given {
  readonly live: LiveSequence;
  /** Blocks that are shown although they have changed. */
  readonly former: FormerBlocks;
  readonly root: Placed;
  readonly transaction: Y.Transaction;
  readonly thorough: boolean;
  readonly window: Window;
  readonly before: Flat;
  readonly now: Flat;
  readonly match: Match;
  readonly segments: readonly Segment[];
  readonly document: Node;
  /** What is not deleted, although the document does not show it: `client:clock`. */
  readonly spared: ReadonlySet<string>;
}

/** One change of a text. */
export class Change {
  readonly #given: Given;
  readonly #writer: Writer;
  readonly #pairs: BlockPairs;
  readonly #moved: ReadonlyMap<Spot, Spot>;
  readonly #containers: ContainerChanges;

  constructor(given: Given) {
    this.#given = given;
    this.#writer = new Writer(given.live, given.transaction);
    const { live, before, now, match, window, segments, thorough } = given;
    this.#renewPlain();
    this.#pairs = blockPairs(before, now, match);
    this.#moved = movedBlocks(before, now, match, this.#pairs);
    const assigned = assignContainers(
      before.containers,
      now.containers,
      position => mapped(segments, position),
      new Map([...this.#pairs.before, ...this.#moved]),
      ancestors(window),
    );
    this.#containers = new ContainerChanges(live, now.containers, assigned, thorough);
  }

  write(): void {
    this.#containers.write();
    this.#writeContent();
    this.#writeBlocks();
    this.#writeFormats();
    for (const marker of this.#containers.emptied(this.#given.before.containers))
      this.#writer.delete(marker.id, 1);
    forgetSearchMarkers(this.#given.live.text);
  }

  /** Where Yjs keeps the content now that it is written. */
  idsNow(): IdRange[] {
    const { before, now, match } = this.#given;
    const fresh = this.#writer.inserted.flatMap(({ client, clock, length }) =>
      Array.from({ length }, (_, index) => ({ client, clock: clock + index, length: 1 })),
    );
    const ids: IdRange[] = [];
    now.units.node.forEach((node, index) => {
      const target = match.toBefore[index] as number;
      const length = now.units.length[index] as number;
      if (target >= 0) {
        if (node !== null) ids.push({ ...idOf(before.units, target), length });
      } else ids.push(...fresh.splice(0, length));
    });
    return ids;
  }

  /** Inserts what is new and deletes what is gone, in the order of the text. */
  #writeContent(): void {
    const { before, now, match } = this.#given;
    const old = before.units;
    let pending: Insertion[] = [];
    let next = 0;
    const deleted: number[] = [];
    const flush = (kept: number) => {
      if (pending.length === 0) return;
      // Only where something is inserted Yjs has to part what is there.
      const left =
        kept < 0 ? this.#itemBefore() : this.#writer.endingWith(idOf(old, kept), old.length[kept] as number);
      this.#writer.insert(left, pending);
      pending = [];
    };
    let kept = -1;
    for (let index = 0; index < now.units.key.length; index++) {
      const target = match.toBefore[index] as number;
      const begins = now.units.node[index] === null;
      const isKept = target >= 0 && (old.client[target] as number) >= 0;
      if (isKept) {
        flush(kept);
        for (; next < target; next++) deleted.push(next);
        next = target + 1;
        kept = target;
      } else if (!begins) pending.push(inlineInsertion(now.units, index, pending));
      else if (!(target >= 0 && this.#staysVirtual(index, target))) {
        pending.push({ begins: this.#newBlock(now.units.block[index] as Spot) });
      }
    }
    flush(kept);
    for (; next < old.key.length; next++) deleted.push(next);
    this.#delete(deleted);
  }

  /** What the first insertion goes behind. */
  #itemBefore(): Y.Item | null {
    const { before, window, live } = this.#given;
    const { units } = before;
    const first = units.client.findIndex(client => client >= 0);
    if (first >= 0) return this.#writer.startingWith(idOf(units, first)).left;
    const earlier = lastShownBefore(this.#given.root, window.position);
    return earlier === null ? null : lastItemOf(earlier, live);
  }

  #delete(indexes: readonly number[]): void {
    const { before, spared } = this.#given;
    const { units } = before;
    const isSpared = (index: number) =>
      spared.size > 0 && spared.has(`${units.client[index]}:${units.clock[index]}`);
    const gone = indexes.filter(index => (units.client[index] as number) >= 0 && !isSpared(index));
    for (let start = 0; start < gone.length; ) {
      const id = idOf(units, gone[start] as number);
      let length = 0;
      for (; start < gone.length; start++) {
        const index = gone[start] as number;
        if (units.client[index] !== id.client || units.clock[index] !== id.clock + length) break;
        length += units.length[index] as number;
      }
      this.#writer.delete(id, length);
      this.#writer.tidy(this.#writer.startingWith(id));
    }
  }

  /** Whether a block without marker, which the schema or its place asked for, can stay without one. */
  #staysVirtual(index: number, target: number): boolean {
    const { before, now, thorough, document, live, former, window } = this.#given;
    if (thorough) return false;
    const [old, spot] = [before.units.block[target] as Spot, now.units.block[index] as Spot];
    const shows = old.placed?.shows;
    if (this.#containers.parentId(spot) !== parentIdBefore(old)) return false;
    if (!shows) return old.node.eq(spot.node);
    const { type, attributes, marks } = kindOf(spot.node);
    if (type !== undefined || attributes !== NONE || marks !== NONE) return false;
    if ((live.of(shows.block) ?? former.get(shows.block))?.marker === null) {
      return spot.position === 0 && (spot.node.content.size > 0 || document.childCount === 1);
    }
    const earlier = now.blocks[now.blocks.indexOf(spot) - 1];
    const holder = earlier === undefined ? window.previous : this.#pairs.before.get(earlier)?.placed;
    return (
      holder?.shows?.block === shows.block &&
      (earlier === undefined || earlier.node.type === holder.node.type)
    );
  }

  #newBlock(spot: Spot): StoredKind {
    const { type, attributes, marks } = kindOf(spot.node);
    if (spot.parent !== null) this.#containers.ensure(spot.parent);
    const parent = this.#containers.parentId(spot);
    const moved = this.#moved.get(spot)?.placed?.id;
    return {
      attributes,
      marks,
      ...(type === undefined ? {} : { type }),
      ...(parent === undefined ? {} : { in: parent }),
      ...(moved === undefined ? {} : { id: moved }),
    };
  }

  /** Kind, attributes and container of blocks that were there before, and attributes of inline nodes. */
  #writeBlocks(): void {
    const { live, former, thorough } = this.#given;
    for (const [spot, old] of this.#pairs.before) {
      const shows = old.placed?.shows;
      const found = shows?.marker ? (live.of(shows.block) ?? former.get(shows.block)) : undefined;
      const map = found?.marker ? embeddedMap(found.marker) : null;
      if (map === null || found === undefined) continue;
      const parent = this.#containers.parentId(spot);
      if (thorough ? parent !== found.block.in : parent !== parentIdBefore(old)) {
        if (spot.parent !== null) this.#containers.ensure(spot.parent);
        setOrDelete(map, IN, parent);
      }
      if (spot.node.hasMarkup(old.node.type, old.node.attrs, old.node.marks) && !thorough) continue;
      for (const [key, value] of kindChanges(kindOf(old.node), kindOf(spot.node), found.block)) {
        setOrDelete(map, key, value);
      }
    }
    for (const { item, changes } of this.#changedAtoms()) {
      const map = embeddedMap(item);
      for (const [name, value] of changes) if (map !== null) setOrDelete(map, ATTRIBUTE + name, value);
    }
  }

  /** Inline nodes that were there before, and have other attributes now. */
  *#changedAtoms(): Generator<{ item: Y.Item; index: number; target: number; changes: [string, Value][] }> {
    const { before, now, match } = this.#given;
    for (const [index, node] of now.units.node.entries()) {
      const target = match.toBefore[index] as number;
      if (node === null || node.isText || target < 0 || (before.units.client[target] as number) < 0) continue;
      const old = before.units.node[target] as Node;
      if (old.attrs === node.attrs && old.content === node.content) continue;
      const changes = changedValues(atomOf(old).attributes, atomOf(node).attributes);
      if (changes.length === 0) continue;
      yield { item: this.#writer.startingWith(idOf(before.units, target)), index, target, changes };
    }
  }

  /** An inline node that was stored as one that never has attributes, and now has some, is made anew. */
  #renewPlain(): void {
    const { match } = this.#given;
    for (const { item, index, target } of this.#changedAtoms()) {
      if (embeddedMap(item) !== null) continue;
      match.toBefore[index] = -1;
      match.toNow[target] = -1;
    }
  }

  /** Marks of what was there before. */
  #writeFormats(): void {
    const { before, now, match } = this.#given;
    const ranges = new FormatRanges<number>();
    let known: { old: Node | null; node: Node; wanted: Values; changes: [string, Value][] } | undefined;
    now.units.node.forEach((node, index) => {
      if (node === null) return;
      const target = match.toBefore[index] as number;
      const old = target < 0 ? null : (before.units.node[target] as Node);
      if (known?.old !== old || known.node !== node) {
        const wanted = formatsOf(node.marks);
        const same = old === null || old.marks === node.marks;
        known = { old, node, wanted, changes: same ? [] : changedValues(formatsOf(old.marks), wanted) };
      }
      ranges.next(() => [target, target], known.wanted, known.changes);
    });
    for (const { from, to, key, value } of ranges.all) {
      this.#writer.format(
        this.#writer.startingWith(idOf(before.units, from)),
        this.#writer.endingWith(idOf(before.units, to), before.units.length[to] as number),
        key,
        value,
      );
    }
  }
}

const idOf = (units: Units, index: number) => ({
  client: units.client[index] as number,
  clock: units.clock[index] as number,
});
