import { sameValue, type Value, type Values } from './values.ts';

/** Neighbouring units that get the same value of the same format are formatted together. */
export class FormatRanges {
  readonly all: { from: number; to: number; key: string; value: Value }[] = [];
  readonly #open = new Map<string, { from: number; to: number; key: string; value: Value }>();

  /** The next unit, which was the unit `index` before (−1: none), has these formats, of which some are new. */
  next(index: number, wanted: Values, changes: readonly [string, Value][]): void {
    for (const [key, range] of this.#open) {
      if (!sameValue(wanted[key], range.value)) this.#open.delete(key);
    }
    for (const [key, value] of changes) {
      const range = this.#open.get(key);
      if (range !== undefined) range.to = index;
      else {
        const added = { from: index, to: index, key, value };
        this.#open.set(key, added);
        this.all.push(added);
      }
    }
  }
}
