import type { Node } from 'prosemirror-model';
import type { FormerBlocks } from './former.ts';
import { kindOf } from './kinds.ts';
import type { LiveSequence } from './live.ts';
import type { Placed } from './shape.ts';
import { isBlockOfSequence } from './to-sequence.ts';

/** A node at its place in a document. */
export interface Spot {
  readonly node: Node;
  readonly position: number;
  /** The container around it; `null`: the document. */
  readonly parent: Spot | null;
  /** What the node shows of the sequence; `null` in a document that is not written yet. */
  readonly placed: Placed | null;
}

/** A part of a document as one row: containers apart, and of blocks and their content the units in their order. */
export interface Flat {
  readonly containers: Spot[];
  readonly blocks: Spot[];
  readonly units: Units;
  /** Where Yjs keeps what the blocks have no room for, as `client:clock`. */
  readonly hidden: Set<string>;
}

/**
 * Units of a sequence, one to an index: the beginning of a block, a character (code point) or an inline node. A row of
 * arrays, because there can be a million of them.
 */
export interface Units {
  readonly block: Spot[];
  /** Position in the document. */
  readonly position: number[];
  /** The inline node; `null`: the beginning of a block. */
  readonly node: (Node | null)[];
  /** Equal for what is the same. */
  readonly key: number[];
  /** How long it is in the `Y.Text`. */
  readonly length: number[];
  /** Where Yjs keeps it; client −1: nowhere. */
  readonly client: number[];
  readonly clock: number[];
}

/** Gives equal numbers to equal names; below zero, so that they are no code points. */
export class Names {
  readonly #numbers = new Map<string, number>();

  number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = -1 - this.#numbers.size;
      this.#numbers.set(name, number);
    }
    return number;
  }
}

const emptyUnits = (): Units => ({
  block: [],
  position: [],
  node: [],
  key: [],
  length: [],
  client: [],
  clock: [],
});

/** Flattens nodes of a document that is not written yet. */
export function flattenNodes(nodes: readonly Node[], start: number, parent: Spot | null, names: Names): Flat {
  const flat: Flat = { containers: [], blocks: [], units: emptyUnits(), hidden: new Set() };
  const visit = (node: Node, position: number, around: Spot | null) => {
    const spot: Spot = { node, position, parent: around, placed: null };
    if (isBlockOfSequence(node)) addBlock(flat, spot, names);
    else {
      flat.containers.push(spot);
      node.forEach((child, offset) => {
        visit(child, position + 1 + offset, spot);
      });
    }
  };
  let position = start;
  for (const node of nodes) {
    visit(node, position, parent);
    position += node.nodeSize;
  }
  return flat;
}

/** Flattens a part of the tree of a sequence; its units know where Yjs keeps them. */
export function flattenPlaced(
  list: readonly Placed[],
  start: number,
  parent: Spot | null,
  names: Names,
  live: LiveSequence,
  former: FormerBlocks = new Map(),
): Flat {
  const flat: Flat = { containers: [], blocks: [], units: emptyUnits(), hidden: new Set() };
  const visit = (placed: Placed, position: number, around: Spot | null) => {
    const spot: Spot = { node: placed.node, position, parent: around, placed };
    if (isBlockOfSequence(placed.node)) {
      const first = flat.units.key.length;
      addBlock(flat, spot, names);
      locate(flat, first, placed, live, former);
      return;
    }
    flat.containers.push(spot);
    let at = position + 1;
    for (const child of placed.children ?? []) {
      visit(child, at, spot);
      at += child.node.nodeSize;
    }
  };
  let position = start;
  for (const placed of list) {
    visit(placed, position, parent);
    position += placed.node.nodeSize;
  }
  return flat;
}

function addBlock({ blocks, units }: Flat, spot: Spot, names: Names): void {
  blocks.push(spot);
  const add = (node: Node | null, position: number, key: number, length: number) => {
    units.block.push(spot);
    units.node.push(node);
    units.position.push(position);
    units.key.push(key);
    units.length.push(length);
    units.client.push(-1);
    units.clock.push(0);
  };
  const { type, attributes } = kindOf(spot.node);
  add(
    null,
    spot.position,
    names.number(`block ${type} ${type === undefined ? '' : JSON.stringify(attributes)}`),
    1,
  );
  spot.node.forEach((node, offset) => {
    const at = spot.position + 1 + offset;
    if (!node.isText) {
      add(node, at, names.number(`atom ${node.type.name} ${JSON.stringify(node.attrs)}`), 1);
      return;
    }
    const text = node.text ?? '';
    for (let index = 0; index < text.length; ) {
      const code = text.codePointAt(index) ?? 0;
      const length = code > 0xffff ? 2 : 1;
      add(node, at + index, code, length);
      index += length;
    }
  });
}

/** Notes for the units of a block where Yjs keeps them. */
function locate(
  { units, hidden: found }: Flat,
  first: number,
  { shows }: Placed,
  live: LiveSequence,
  former: FormerBlocks,
): void {
  if (shows === null) return;
  const current = live.of(shows.block);
  const before = current === undefined ? former.get(shows.block) : undefined;
  const marker = current?.marker ?? before?.marker ?? null;
  if (shows.marker && marker !== null) {
    units.client[first] = marker.id.client;
    units.clock[first] = marker.id.clock;
  }
  const hidden = new Set(shows.hidden);
  let index = first + 1;
  let offset = 0;
  for (const { client, clock, length } of current === undefined ? (before?.ids ?? []) : live.idsOf(current)) {
    for (let inside = 0; inside < length && offset < shows.to; ) {
      const isOut = hidden.has(offset) || offset < shows.from;
      const size = isOut ? 1 : (units.length[index] ?? 1);
      if (!isOut) {
        units.client[index] = client;
        units.clock[index] = clock + inside;
        index++;
      } else if (hidden.has(offset)) found.add(`${client}:${clock + inside}`);
      inside += size;
      offset += size;
    }
  }
}
