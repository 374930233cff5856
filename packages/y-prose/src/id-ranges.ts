import * as Y from 'yjs';

/** A stretch of one client's clocks: from the first to before the last. */
export type Clocks = readonly [from: number, end: number];

/** A set of what Yjs names by client and clock: characters, markers, pieces of formatting. */
export class IdRanges {
  readonly #ranges: ReadonlyMap<number, readonly Clocks[]>;

  constructor(ranges: ReadonlyMap<number, readonly Clocks[]>) {
    this.#ranges = new Map([...ranges].map(([client, list]) => [client, joined(list)]));
  }

  /** What it holds of a stretch, in order. */
  inside(client: number, from: number, end: number): Clocks[] {
    const ranges = this.#ranges.get(client) ?? [];
    const found: Clocks[] = [];
    for (let index = firstEndingBehind(ranges, from); index < ranges.length; index++) {
      const [first, last] = ranges[index] as Clocks;
      if (first >= end) break;
      found.push([Math.max(first, from), Math.min(last, end)]);
    }
    return found;
  }

  /** What it does not hold of a stretch, in order. */
  outside(client: number, from: number, end: number): Clocks[] {
    const gaps: Clocks[] = [];
    let at = from;
    for (const [first, last] of this.inside(client, from, end)) {
      if (first > at) gaps.push([at, first]);
      at = last;
    }
    if (at < end) gaps.push([at, end]);
    return gaps;
  }
}

/** In order, and none touching another. */
function joined(ranges: readonly Clocks[]): Clocks[] {
  const list: Clocks[] = [];
  for (const [from, end] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = list.at(-1);
    if (last !== undefined && from <= last[1]) list[list.length - 1] = [last[0], Math.max(last[1], end)];
    else list.push([from, end]);
  }
  return list;
}

function firstEndingBehind(ranges: readonly Clocks[], clock: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle] as Clocks)[1] > clock) high = middle;
    else low = middle + 1;
  }
  return low;
}

class Collected extends Map<number, Clocks[]> {
  put(client: number, from: number, end: number): void {
    const ranges = this.get(client);
    if (ranges === undefined) this.set(client, [[from, end]]);
    else ranges.push([from, end]);
  }
}

/** What delete sets name. */
export function deletedIds(...sets: readonly Pick<Y.Snapshot['ds'], 'clients'>[]): IdRanges {
  const deleted = new Collected();
  for (const { clients } of sets) {
    for (const [client, ranges] of clients) {
      for (const { clock, len } of ranges) deleted.put(client, clock, clock + len);
    }
  }
  return new IdRanges(deleted);
}

/** What Yjs updates have made, and what they have deleted. */
export function idsOfUpdates(updates: readonly Uint8Array[]): { made: IdRanges; deleted: IdRanges } {
  const decoded = updates.map(update => Y.decodeUpdate(update));
  const made = new Collected();
  for (const struct of decoded.flatMap(({ structs }) => structs)) {
    if (struct instanceof Y.Skip) continue;
    made.put(struct.id.client, struct.id.clock, struct.id.clock + struct.length);
  }
  return { made: new IdRanges(made), deleted: deletedIds(...decoded.map(({ ds }) => ds)) };
}
