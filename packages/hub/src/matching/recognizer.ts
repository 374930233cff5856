import { ASCII_SIZE, type CharacterSet } from './character-set.ts';

/** A transition that consumes one character. */
export interface Step {
  /** The character by its code, or any of a set. */
  readonly accepts: number | CharacterSet;
  readonly to: number;
}

/** What an automaton is made of: for each state, where it leads to. */
export interface Transitions {
  readonly steps: readonly (readonly Step[])[];
  /** They consume nothing. */
  readonly skips: readonly (readonly number[])[];
}

const WORD_BITS = 32;
/** What the objects around a program take, in bytes, as measured. */
const OBJECT_BYTES = 500;

/** At which index of the text each state was entered last. One for all: no text is matched while another is. */
let enteredAt = new Int32Array(1_024);

/**
 * A finished automaton, for matching in linear time: all the states a text may have led to are followed together. It
 * stays in memory as long as somebody listens, so it is one array: where the states begin, the sets of characters as
 * bits, and of each state the number of its steps, the steps, and the skips.
 */
export class Recognizer {
  /** States, steps and skips together: no more than this is looked at for one character. */
  readonly size: number;
  /** States, steps and skips looked at so far, in all texts together. */
  work = 0;
  readonly #program: Int32Array;
  readonly #states: number;
  readonly #start: number;
  readonly #end: number;

  constructor({ steps, skips }: Transitions, start: number, end: number) {
    this.#states = steps.length;
    this.#start = start;
    this.#end = end;
    const lengths = (lists: readonly (readonly unknown[])[]) =>
      lists.reduce((sum, { length }) => sum + length, 0);
    this.size = steps.length + lengths(steps) + lengths(skips);
    this.#program = program({ steps, skips });
  }

  /** Memory that it takes, about. */
  get bytes(): number {
    return OBJECT_BYTES + this.#program.byteLength;
  }

  /** Whether `text`, read from an index on (default: 0), leads from the start to the end. */
  matches(text: string, from = 0): boolean {
    if (enteredAt.length < this.#states) enteredAt = new Int32Array(this.#states);
    enteredAt.fill(-1, 0, this.#states);
    let current: number[] = [];
    this.#enter(this.#start, from, current);
    for (let index = from; index < text.length && current.length > 0; index++) {
      const next: number[] = [];
      for (const state of current) this.#step(state, text.charCodeAt(index), index + 1, next);
      current = next;
    }
    return enteredAt[this.#end] === text.length;
  }

  #step(state: number, code: number, index: number, entered: number[]): void {
    const program = this.#program;
    const block = program[state] as number;
    const end = block + 1 + 2 * (program[block] as number);
    for (let at = block + 1; at < end; at += 2) {
      this.work++;
      if (this.#accepts(program[at] as number, code)) this.#enter(program[at + 1] as number, index, entered);
    }
  }

  /** Enters a state and all that it skips to, none of them twice for one index. */
  #enter(state: number, index: number, entered: number[]): void {
    const program = this.#program;
    const waiting = [state];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      this.work++;
      if (enteredAt[next] === index) continue;
      enteredAt[next] = index;
      entered.push(next);
      const block = program[next] as number;
      const end = program[next + 1] as number;
      for (let at = block + 1 + 2 * (program[block] as number); at < end; at++) {
        waiting.push(program[at] as number);
      }
    }
  }

  #accepts(character: number, code: number): boolean {
    if (character >= 0) return character === code;
    if (code >= ASCII_SIZE) return false;
    const word = this.#program[~character + Math.floor(code / WORD_BITS)] as number;
    return (word & (1 << (code % WORD_BITS))) !== 0;
  }
}

function program({ steps, skips }: Transitions): Int32Array {
  const numbers: number[] = Array(steps.length + 1).fill(0);
  const sets = new Map<CharacterSet, number>();
  for (const list of steps) {
    for (const { accepts } of list) {
      if (typeof accepts === 'number' || sets.has(accepts)) continue;
      sets.set(accepts, numbers.length);
      numbers.push(...words(accepts));
    }
  }
  steps.forEach((list, state) => {
    numbers[state] = numbers.length;
    numbers.push(list.length);
    // A character is its code, a set is told by the complement of where its bits are.
    for (const { accepts, to } of list) {
      numbers.push(typeof accepts === 'number' ? accepts : ~(sets.get(accepts) as number), to);
    }
    for (const to of skips[state] ?? []) numbers.push(to);
  });
  numbers[steps.length] = numbers.length;
  return Int32Array.from(numbers);
}

function words(set: CharacterSet): number[] {
  const bits: number[] = Array(ASCII_SIZE / WORD_BITS).fill(0);
  for (let code = 0; code < ASCII_SIZE; code++) {
    if (set[code] !== 1) continue;
    const word = Math.floor(code / WORD_BITS);
    bits[word] = (bits[word] as number) | (1 << (code % WORD_BITS));
  }
  return bits;
}
