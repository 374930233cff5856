import type { Schema } from 'prosemirror-model';
import type * as Y from 'yjs';
import type { Changes } from './changes.ts';
import { Containers } from './containers.ts';
import { firstMarker } from './first-marker.ts';
import { type FormerBlocks, formerBlock, type IdRange } from './former.ts';
import { keepFormatting } from './items.ts';
import { patchTree } from './patch-tree.ts';
import { blockAt, readStretch, sequenceContainers } from './read-blocks.ts';
import type { Block } from './sequence.ts';
import { type Placed, type Shape, shapeBlock } from './shape.ts';
import { isMarker } from './storage.ts';
import { buildTree, type Tree } from './tree.ts';
import { NONE, sameValue, type Values } from './values.ts';

/** A block where it lies in the text. */
export interface LiveBlock {
  /** `null`: what is before the first marker. */
  readonly marker: Y.Item | null;
  readonly block: Block;
  readonly shape: Shape;
  /** The formatting that is open where it begins, and where it ends. */
  readonly opens: Values;
  readonly ends: Values;
}

/** A part of a block that was in another or the same block before: the same characters. */
export interface Piece {
  readonly block: Block;
  /** In units behind the marker: in the block before, in the block now, how many. */
  readonly before: number;
  readonly now: number;
  readonly length: number;
}

/** Where what is in a block now was before. */
export interface Origin {
  /** The block that began with the same marker. */
  readonly marker: Block | null;
  readonly pieces: readonly Piece[];
}

/** What became of the text: of each block that is not the same object as before, where it comes from. */
export type Origins = ReadonlyMap<Block, Origin>;

/** The sequence of a text and the tree of it, kept up to date at a cost that follows the change. */
export class LiveSequence {
  readonly text: Y.Text;
  readonly schema: Schema;
  tree: Tree;
  #blocks: LiveBlock[];
  #byMarker = new Map<Y.Item | null, LiveBlock>();
  #byBlock = new Map<Block, LiveBlock>();
  #containers: Containers;

  constructor(text: Y.Text, schema: Schema) {
    this.text = text;
    this.schema = schema;
    keepFormatting(text);
    this.#blocks = [];
    for (const live of this.#read(null, NONE, () => false)) this.#add(live);
    this.#containers = new Containers(sequenceContainers(text), schema);
    this.tree = this.#build();
  }

  get containers(): Containers {
    return this.#containers;
  }

  get doc(): Y.Doc {
    return this.text.doc as Y.Doc;
  }

  /** The live block that a block of the present tree is. */
  of(block: Block): LiveBlock | undefined {
    return this.#byBlock.get(block);
  }

  /** The block that begins with a marker, as far as it is known. */
  at(marker: Y.Item | null): LiveBlock | undefined {
    return this.#byMarker.get(marker);
  }

  /** The block that an item of the text is in. */
  around(item: Y.Item): LiveBlock {
    let at: Y.Item | null = item;
    while (at !== null && (at.deleted || !this.#byMarker.has(at))) at = at.left;
    return this.#byMarker.get(at) as LiveBlock;
  }

  get all(): readonly LiveBlock[] {
    return this.#blocks;
  }

  /** Where Yjs keeps the content of a block. */
  *idsOf({ marker }: Pick<LiveBlock, 'marker'>): Generator<IdRange> {
    let item = marker === null ? this.text._start : marker.right;
    for (; item !== null; item = item.right) {
      if (item.deleted || !item.countable) continue;
      if (isMarker(item)) return;
      yield { client: item.id.client, clock: item.id.clock, length: item.length };
    }
  }

  /**
   * Reads again what has changed; `null`: nothing.
   *
   * @param former - takes up the blocks that change, as they were
   */
  update(changes: Changes, former?: FormerBlocks): Origins | null {
    const touched = this.#touched(changes);
    if (touched.size === 0 && !changes.containers) return null;
    if (former !== undefined) this.#remember(touched, changes, former);
    if (changes.containers) {
      this.#containers = new Containers(sequenceContainers(this.text), this.schema);
    }
    const written = changes.containers ? null : this.#rereadContent(touched, changes);
    if (written !== null) return written;
    const origins = touched.size > 0 ? this.#reread(touched, changes) : new Map<Block, Origin>();
    this.tree = this.#build();
    return origins;
  }

  /** Reads again what was before the first marker: it has just been given one, and that is all that has changed. */
  readFirst(): void {
    const [head, ...others] = this.#blocks;
    if (head === undefined) return;
    this.#byBlock.delete(head.block);
    this.#blocks = [];
    for (const live of this.#read(null, NONE, marker => this.#byMarker.has(marker))) this.#add(live);
    const marked = this.#blocks[1];
    if (marked !== undefined) keepNode(head.shape, marked.shape);
    this.#blocks.push(...others);
    this.tree = this.#build();
  }

  #remember(touched: Set<LiveBlock>, changes: Changes, former: FormerBlocks): void {
    for (const [index, live] of this.#blocks.entries()) {
      if (!touched.has(live) && !live.marker?.deleted) continue;
      if (!former.has(live.block)) {
        former.set(live.block, formerBlock(live, this.#blocks[index + 1], changes));
      }
    }
  }

  /** The usual case: somebody writes in blocks, which stay what they are. `null`: that is not all. */
  #rereadContent(touched: ReadonlySet<LiveBlock>, changes: Changes): Origins | null {
    const places: { index: number; now: LiveBlock }[] = [];
    const placed = new Map<Placed, Placed>();
    const within = new Set<string>();
    for (const [index, live] of this.#places(touched)) {
      const now = this.#withContent(live, this.#blocks[index + 1]?.marker ?? null);
      if (now === null) return null;
      places.push({ index, now });
      placed.set(live.shape.placed, now.shape.placed);
      let around = this.#containers.resolve(now.block.in);
      if (!around) within.add('');
      for (; around; around = around.parent) within.add(around.id);
    }
    const tree = patchTree(this.tree, placed, within);
    if (tree === null) return null;
    const origins = new Map<Block, Origin>();
    for (const { index, now } of places) {
      const live = this.#blocks[index] as LiveBlock;
      trace([live], [now], changes, origins);
      this.#blocks[index] = now;
      this.#byMarker.set(now.marker, now);
      this.#byBlock.delete(live.block);
      this.#byBlock.set(now.block, now);
    }
    this.tree = tree;
    return origins;
  }

  /** Where blocks are. One is found by its identity alone; for many, all are looked at once. */
  #places(wanted: ReadonlySet<LiveBlock>): [index: number, live: LiveBlock][] {
    const [only] = wanted;
    if (only !== undefined && wanted.size === 1) return [[this.#blocks.indexOf(only), only]];
    const found: [number, LiveBlock][] = [];
    for (const [index, live] of this.#blocks.entries()) if (wanted.has(live)) found.push([index, live]);
    return found;
  }

  /** A block with what is in it now; `null`: it is, or has around it, something else than before. */
  #withContent(live: LiveBlock, next: Y.Item | null): LiveBlock | null {
    const { marker, opens, ends } = live;
    const { placed, overflow, plain } = live.shape;
    if (marker?.deleted || overflow !== null || plain !== undefined) return null;
    const stretch = readStretch(marker === null ? this.text._start : marker.right, opens);
    if (stretch.next !== next || !sameValue(stretch.formats, ends)) return null;
    const block = blockAt(marker, stretch.content);
    if (block.in !== live.block.in || block.marks !== NONE || live.block.marks !== NONE) return null;
    // Before the first marker there is a block only when something is in it.
    if (marker === null && block.content.length === 0) return null;
    const shape = shapeBlock(block, this.schema);
    if (shape.overflow !== null || !shape.placed.node.sameMarkup(placed.node)) return null;
    return { marker, block, shape, opens, ends };
  }

  #build(): Tree {
    const [head, ...rest] = this.#blocks;
    const hidden = head?.marker === null && head.block.content.length === 0 && rest.length > 0;
    const shapes = (hidden ? rest : this.#blocks).map(live => live.shape);
    return buildTree(shapes, this.#containers, this.schema, this.tree);
  }

  #add(live: LiveBlock): void {
    this.#blocks.push(live);
    this.#byMarker.set(live.marker, live);
    this.#byBlock.set(live.block, live);
  }

  /** The blocks from a marker on, up to the end or a marker that is already known. */
  *#read(start: Y.Item | null, opens: Values, known: (marker: Y.Item) => boolean): Generator<LiveBlock> {
    let marker = start;
    let formats = opens;
    do {
      const stretch = readStretch(marker === null ? this.text._start : marker.right, formats);
      const block = blockAt(marker, stretch.content);
      const shape = shapeBlock(block, this.schema);
      yield { marker, block, shape, opens: formats, ends: stretch.formats };
      ({ next: marker, formats } = stretch);
    } while (marker !== null && !known(marker));
  }

  /** The blocks that something happened in. */
  #touched(changes: Changes): Set<LiveBlock> {
    const touched = new Set<LiveBlock>();
    const seen = new Set<Y.Item>();
    for (const item of changes.items) {
      let at: Y.Item | null = item;
      while (at !== null && !seen.has(at) && (at.deleted || !this.#byMarker.has(at))) {
        seen.add(at);
        at = at.left;
      }
      if (at === null || !seen.has(at)) touched.add(this.#byMarker.get(at) as LiveBlock);
    }
    return touched;
  }

  #reread(touched: Set<LiveBlock>, changes: Changes): Map<Block, Origin> {
    const origins = new Map<Block, Origin>();
    const blocks: LiveBlock[] = [];
    const before = this.#blocks;
    let ends: Values | undefined;
    for (let index = 0; index < before.length; ) {
      const live = before[index] as LiveBlock;
      // Formatting that now is, or is no longer, open at the end of a block goes on in the next.
      const same = ends === undefined || ends === live.opens || sameValue(ends, live.opens);
      if (!touched.has(live) && same) {
        blocks.push(live);
        ends = undefined;
        index++;
        continue;
      }
      const region = [live];
      for (index++; before[index]?.marker?.deleted; index++) region.push(before[index] as LiveBlock);
      const opens = ends ?? live.opens;
      const now = [...this.#read(live.marker, opens, marker => this.#byMarker.has(marker))];
      trace(region, now, changes, origins);
      if (now[0]?.marker === live.marker) keepNode(live.shape, now[0].shape);
      for (const gone of region) {
        this.#byMarker.delete(gone.marker);
        this.#byBlock.delete(gone.block);
      }
      for (const added of now) {
        this.#byMarker.set(added.marker, added);
        this.#byBlock.set(added.block, added);
        blocks.push(added);
      }
      ends = now.at(-1)?.ends;
    }
    this.#blocks = blocks;
    return origins;
  }
}

/** A block that only got into another container still shows the same node, which editors then need not draw again. */
function keepNode(before: Shape, now: Shape): void {
  if (!now.placed.node.eq(before.placed.node)) return;
  now.placed.node = before.placed.node;
  if (before.marked !== undefined) now.marked = { ...now.placed, node: before.marked.node };
}

/**
 * Follows the items of a region, in which some were inserted and some deleted, to find where everything that is still
 * there was before.
 */
function trace(
  before: readonly LiveBlock[],
  now: readonly LiveBlock[],
  changes: Changes,
  origins: Map<Block, Origin>,
): void {
  const gone = new Map(before.slice(1).map(live => [live.marker as Y.Item, live]));
  const first = before[0] as LiveBlock;
  // The first marker makes no new block: it is given to what has none.
  const given = first.marker === null ? firstMarker(changes.text) : null;
  let old = { block: first.block, offset: 0 };
  for (const live of now) {
    const pieces: Piece[] = [];
    let offset = 0;
    let item = live.marker === null ? changes.text._start : live.marker.right;
    for (; item !== null && !(isMarker(item) && !item.deleted); item = item.right) {
      if (item.deleted) {
        // Yjs merges deleted items, whatever they were.
        old = passDeleted(item, old, gone, changes);
        continue;
      }
      if (!item.countable) continue;
      const kept = changes.knownLength(item);
      if (kept > 0) pieces.push({ block: old.block, before: old.offset, now: offset, length: kept });
      old = { block: old.block, offset: old.offset + kept };
      offset += item.length;
    }
    const isFirst = live.marker === first.marker || live.marker === given;
    origins.set(live.block, { marker: isFirst ? first.block : null, pieces });
  }
}

interface Place {
  readonly block: Block;
  readonly offset: number;
}

function passDeleted(
  item: Y.Item,
  place: Place,
  gone: ReadonlyMap<Y.Item, LiveBlock>,
  changes: Changes,
): Place {
  const { client, clock } = item.id;
  const end = clock + item.length;
  const markers = [...gone]
    .filter(([{ id }]) => id.client === client && id.clock >= clock && id.clock < end)
    .sort(([a], [b]) => a.id.clock - b.id.clock);
  let { block, offset } = place;
  let from = clock;
  for (const [marker, live] of markers) {
    from = marker.id.clock + 1;
    block = live.block;
    offset = 0;
  }
  return { block, offset: offset + changes.deletedLength(client, from, end) };
}
