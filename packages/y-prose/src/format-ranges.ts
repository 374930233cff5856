import { sameValue, type Value, type Values } from './values.ts';

interface FormatRange<Place> {
  readonly from: Place;
  to: Place;
  readonly key: string;
  readonly value: Value;
}

/** Neighbouring content that gets the same value of the same format is formatted together. */
export class FormatRanges<Place> {
  readonly all: FormatRange<Place>[] = [];
  readonly #open = new Map<string, FormatRange<Place>>();

  /**
   * The next content has these formats, of which some are new.
   *
   * @param place - where it is, from the first to the last; asked for only where something is new
   */
  next(
    place: () => readonly [from: Place, to: Place],
    wanted: Values,
    changes: readonly [string, Value][],
  ): void {
    for (const [key, range] of this.#open) {
      if (!sameValue(wanted[key], range.value)) this.#open.delete(key);
    }
    if (changes.length === 0) return;
    const [from, to] = place();
    for (const [key, value] of changes) {
      const range = this.#open.get(key);
      if (range !== undefined) range.to = to;
      else {
        const added = { from, to, key, value };
        this.#open.set(key, added);
        this.all.push(added);
      }
    }
  }
}
