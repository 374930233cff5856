/** A stretch of one client's elements: from the first clock up to the second (exclusive). */
export type ClockRange = readonly [start: number, end: number];

/** Which elements a document holds, and which of them are deleted, by the Yjs clients that made them. */
export interface DocumentContents {
  /** The clock that each client's next element will have. */
  readonly vector: ReadonlyMap<number, number>;
  /** In any order; ranges may touch and overlap. */
  readonly deleted: ReadonlyMap<number, readonly ClockRange[]>;
}

/**
 * Sums up what a document holds in 16 hexadecimal digits: two documents with the same contents have the same, two with
 * others practically never (it is no defence against somebody who looks for such a pair). Not even a deletion
 * escapes it, which a state vector alone does not show.
 */
export function contentsDigest({ vector, deleted }: DocumentContents): string {
  const hash = new Hash();
  for (const [client, clock] of byClient(vector)) {
    if (clock === 0) continue;
    hash.add(client);
    hash.add(clock);
  }
  hash.add(0);
  for (const [client, ranges] of byClient(deleted)) {
    for (const [start, end] of joinRanges(ranges)) {
      hash.add(client);
      hash.add(start);
      hash.add(end);
    }
  }
  return hash.digest();
}

/** The same elements in as few ranges as possible, in their order. */
export function joinRanges(ranges: readonly ClockRange[]): ClockRange[] {
  const joined: [number, number][] = [];
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (end <= start) continue;
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

const byClient = <T>(entries: ReadonlyMap<number, T>) => [...entries].sort(([a], [b]) => a - b);

const LOW_BITS = 2 ** 32;

/** Two 32-bit lanes with different multipliers (those of xxHash), over numbers of up to 53 bits. */
class Hash {
  #left = 0x9e3779b1;
  #right = 0x85ebca77;

  add(value: number): void {
    this.#mix((value % LOW_BITS) | 0);
    this.#mix(Math.floor(value / LOW_BITS) | 0);
  }

  digest(): string {
    return [this.#left ^ rotate(this.#right, 16), this.#right ^ rotate(this.#left, 13)]
      .map(lane => (avalanche(lane) >>> 0).toString(16).padStart(8, '0'))
      .join('');
  }

  #mix(word: number): void {
    this.#left = Math.imul(rotate(this.#left + Math.imul(word, 0xc2b2ae3d), 17), 0x9e3779b1);
    this.#right = Math.imul(rotate(this.#right ^ Math.imul(word, 0x27d4eb2f), 11), 0x165667b1) + word;
  }
}

const rotate = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));

/** Lets every bit depend on every other. */
function avalanche(lane: number): number {
  const once = Math.imul(lane ^ (lane >>> 15), 0x85ebca77);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae3d);
  return twice ^ (twice >>> 16);
}
