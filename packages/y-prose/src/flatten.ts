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
 * typed arrays, because there can be a million of them: lists that grow take twice as long.
 */
export interface Units {
  readonly block: Spot[];
  /** The inline node; `null`: the beginning of a block. */
  readonly node: (Node | null)[];
  /** Position in the document. */
  readonly position: Int32Array;
  /** Equal for what is the same. */
  readonly key: Int32Array;
  /** How long it is in the `Y.Text`. */
  readonly length: Uint8Array;
  /** Where Yjs keeps it; client −1: nowhere. */
  readonly client: Float64Array;
  readonly clock: Float64Array;
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

/** Nothing yet, with room for the units of these nodes: there cannot be more than the nodes are long. */
function roomFor(nodes: readonly Node[]): Flat {
  const most = nodes.reduce((sum, node) => sum + node.nodeSize, 0);
  const units: Units = {
    block: [],
    node: [],
    position: new Int32Array(most),
    key: new Int32Array(most),
    length: new Uint8Array(most),
    client: new Float64Array(most).fill(-1),
    clock: new Float64Array(most),
  };
  return { containers: [], blocks: [], units, hidden: new Set() };
}

/** Without the room that was not needed. */
function trimmed(flat: Flat): Flat {
  const { units } = flat;
  const count = units.node.length;
  return {
    ...flat,
    units: {
      ...units,
      position: units.position.subarray(0, count),
      key: units.key.subarray(0, count),
      length: units.length.subarray(0, count),
      client: units.client.subarray(0, count),
      clock: units.clock.subarray(0, count),
    },
  };
}

/** Flattens nodes of a document that is not written yet. */
export function flattenNodes(nodes: readonly Node[], start: number, parent: Spot | null, names: Names): Flat {
  const flat = roomFor(nodes);
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
  return trimmed(flat);
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
  const flat = roomFor(list.map(placed => placed.node));
  const visit = (placed: Placed, position: number, around: Spot | null) => {
    const spot: Spot = { node: placed.node, position, parent: around, placed };
    if (isBlockOfSequence(placed.node)) {
      const first = flat.units.node.length;
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
  return trimmed(flat);
}

function addBlock({ blocks, units }: Flat, spot: Spot, names: Names): void {
  blocks.push(spot);
  const add = (node: Node | null, position: number, key: number, length: number) => {
    const index = units.node.push(node) - 1;
    units.block.push(spot);
    units.position[index] = position;
    units.key[index] = key;
    units.length[index] = length;
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
      const size = isOut ? 1 : units.length[index] || 1;
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
