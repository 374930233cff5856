/** Some of the ASCII characters: entry n tells whether the one with code n is among them. */
export type CharacterSet = Uint8Array;

const ASCII_SIZE = 128;

export function characterSet(characters: string): CharacterSet {
  const set = new Uint8Array(ASCII_SIZE);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

interface Step {
  /** One character by its code, or any of a set. */
  readonly accepts: number | CharacterSet;
  readonly to: number;
}

/**
 * A nondeterministic finite automaton over UTF-16 code units, for matching in linear time: all the states a text may
 * have led to are followed together. Steps consume a character, skips consume nothing.
 */
export class Automaton {
  readonly start = 0;
  readonly #steps: Step[][] = [[]];
  readonly #skips: number[][] = [[]];

  /** Adds a state and returns its number. */
  state(): number {
    this.#steps.push([]);
    return this.#skips.push([]) - 1;
  }

  skip(from: number, to: number): void {
    this.#skips[from]?.push(to);
  }

  step(from: number, accepts: string | CharacterSet, to: number): void {
    this.#steps[from]?.push({ accepts: typeof accepts === 'string' ? accepts.charCodeAt(0) : accepts, to });
  }

  /** Adds states that spell out `text` and returns the last one, which is `from` when there is nothing to spell. */
  literal(from: number, text: string): number {
    let at = from;
    for (let index = 0; index < text.length; index++) {
      const next = this.state();
      this.step(at, text.charAt(index), next);
      at = next;
    }
    return at;
  }

  /** Returns the function that tells whether a text, read from an index on, leads from the start to `end`. */
  finish(end: number): (text: string, from: number) => boolean {
    const reach = this.#skips.map((_, state) => this.#reachable(state));
    const steps = this.#steps;
    const seenAt = new Int32Array(steps.length);

    return (text, from) => {
      seenAt.fill(-1);
      let current = reach[this.start] ?? [];
      for (let index = from; index < text.length; index++) {
        const code = text.charCodeAt(index);
        const next: number[] = [];
        for (const state of current) {
          for (const { accepts, to } of steps[state] ?? []) {
            if (!(typeof accepts === 'number' ? accepts === code : accepts[code] === 1)) continue;
            for (const reached of reach[to] ?? []) {
              if (seenAt[reached] === index) continue;
              seenAt[reached] = index;
              next.push(reached);
            }
          }
        }
        if (next.length === 0) return false;
        current = next;
      }
      return current.includes(end);
    };
  }

  /** The states that `from` is in without consuming anything. */
  #reachable(from: number): number[] {
    const found = new Set([from]);
    for (const state of found) for (const next of this.#skips[state] ?? []) found.add(next);
    return [...found];
  }
}
