import { DOCUMENT_ROOT } from '@cahier/protocol';
import { readUpdate } from '../src/log/read-update.ts';
import { Histogram } from './histogram.ts';
import type { Typist } from './typists.ts';

interface Range {
  readonly typist: number;
  readonly from: number;
  readonly to: number;
}

/** Everybody who writes in one document and sees the others write: counts and times what reaches whom. */
export class Audience {
  readonly #typists: readonly Typist[];
  readonly #indexOf: ReadonlyMap<number, number>;
  /** For each receiver, how much of each typist's text it has. */
  readonly #seen: readonly Uint32Array[];
  /** Updates are shared between receivers: each is looked into once. */
  readonly #ranges = new WeakMap<Uint8Array, Range[]>();
  /** From typing a character to its being at another place. */
  latencies = new Histogram();
  /** Characters that are at another place by now, over all places. */
  deliveries = 0;

  constructor(typists: readonly Typist[]) {
    this.#typists = typists;
    this.#indexOf = new Map(typists.map(({ client }, index) => [client, index]));
    this.#seen = typists.map(() => new Uint32Array(typists.length));
  }

  /** @returns what was new to this receiver, typist by typist */
  receive(receiver: number, update: Uint8Array): readonly Range[] {
    let ranges = this.#ranges.get(update);
    if (ranges === undefined) {
      ranges = this.#rangesIn(update);
      this.#ranges.set(update, ranges);
    }
    const seen = this.#seen[receiver] as Uint32Array;
    const now = performance.now();
    for (const { typist, from, to } of ranges) {
      const known = seen[typist] as number;
      if (from > known) throw new Error('An edit arrived before the one that it builds on');
      if (to > known) seen[typist] = to;
      if (typist === receiver) continue;
      const typedAt = (this.#typists[typist] as Typist).typedAt;
      for (let clock = known; clock < to; clock++) {
        this.latencies.add(now - (typedAt[clock] as number));
        this.deliveries++;
      }
    }
    return ranges;
  }

  /** Characters typed so far, times the places at which they have to arrive. */
  get expected(): number {
    const typed = this.#typists.reduce((sum, { typedAt }) => sum + typedAt.length, 0);
    return typed * (this.#typists.length - 1);
  }

  #rangesIn(update: Uint8Array): Range[] {
    const ranges: Range[] = [];
    readUpdate(update, DOCUMENT_ROOT, {
      struct: (client, clock, end) => {
        const typist = this.#indexOf.get(client);
        if (typist !== undefined) ranges.push({ typist, from: clock, to: end });
      },
    });
    return ranges;
  }
}
