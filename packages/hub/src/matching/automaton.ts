/** Some of the ASCII characters: entry n tells whether the one with code n is among them. */
export type CharacterSet = Uint8Array;

export const ASCII_SIZE = 128;

export function characterSet(characters: string): CharacterSet {
  const set = new Uint8Array(ASCII_SIZE);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

/** All ASCII characters that are not in `set`. */
export function complement(set: CharacterSet): CharacterSet {
  return set.map(included => 1 - included);
}

interface Step {
  /** One character by its code, or any of a set. */
  readonly accepts: number | CharacterSet;
  readonly to: number;
}

/** A finished automaton. */
export interface Recognizer {
  /** Whether `text`, read from an index on (default: 0), leads from the start to the end. */
  matches(text: string, from?: number): boolean;
  /** States, steps and skips together: no more than this is looked at for one character. */
  readonly size: number;
  /** States, steps and skips looked at so far, in all texts together. */
  readonly work: number;
}

/**
 * A nondeterministic finite automaton over UTF-16 code units, for matching in linear time: all the states a text may
 * have led to are followed together. Steps consume a character, skips consume nothing.
 */
export class Automaton {
  readonly start = 0;
  readonly #steps: Step[][] = [[]];
  readonly #skips: number[][] = [[]];

  get states(): number {
    return this.#steps.length;
  }

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

  finish(end: number): Recognizer {
    const steps = this.#steps;
    const skips = this.#skips;
    const edges = [...steps, ...skips].reduce((sum, list) => sum + list.length, 0);
    /** At which index of the text each state was entered last. */
    const enteredAt = new Int32Array(steps.length);
    let work = 0;

    /** Enters a state and all that it skips to, none of them twice for one index. */
    function enter(state: number, index: number, entered: number[]): void {
      const waiting = [state];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        work++;
        if (enteredAt[next] === index) continue;
        enteredAt[next] = index;
        entered.push(next);
        for (const to of skips[next] ?? []) waiting.push(to);
      }
    }

    return {
      size: steps.length + edges,
      get work() {
        return work;
      },
      matches: (text, from = 0) => {
        enteredAt.fill(-1);
        let current: number[] = [];
        enter(this.start, from, current);
        for (let index = from; index < text.length && current.length > 0; index++) {
          const code = text.charCodeAt(index);
          const next: number[] = [];
          for (const state of current) {
            for (const { accepts, to } of steps[state] ?? []) {
              work++;
              if (typeof accepts === 'number' ? accepts === code : accepts[code] === 1) {
                enter(to, index + 1, next);
              }
            }
          }
          current = next;
        }
        return enteredAt[end] === text.length;
      },
    };
  }
}
