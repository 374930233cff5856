import type { CharacterSet } from './character-set.ts';
import { Recognizer, type Step } from './recognizer.ts';

/**
 * A nondeterministic finite automaton over UTF-16 code units, while it is put together. Steps consume a character, skips
 * consume nothing.
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
    return new Recognizer({ steps: this.#steps, skips: this.#skips }, this.start, end);
  }
}
