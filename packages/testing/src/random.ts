/** Random choices that a seed repeats. Not for anything secret. */
export interface Random {
  readonly seed: number;
  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number from `min` to `max`, both inclusive. */
  integer(min: number, max: number): number;
  pick<T>(items: readonly T[]): T;
  /** True with the given probability. Default: 0.5. */
  chance(probability?: number): boolean;
  /** `length` characters from a to z. */
  word(length: number): string;
}

/**
 * Random choices for a fuzz test. A seed that is not given is printed, so that a failure can be repeated.
 *
 * @param seed - default: the environment's `TEST_SEED`, else a new one each time
 */
export function createRandom(seed = printedSeed()): Random {
  // mulberry32: 32 bits of state are plenty for choosing test inputs.
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));

  return {
    seed,
    next,
    integer,
    pick: <T>(items: readonly T[]) => {
      if (items.length === 0) throw new RangeError('Nothing to pick from');
      return items[integer(0, items.length - 1)] as T;
    },
    chance: (probability = 0.5) => next() < probability,
    word: length => Array.from({ length }, () => String.fromCharCode(integer(97, 122))).join(''),
  };
}

function printedSeed(): number {
  const seed = seedFromEnvironment();
  process.stdout.write(`Random seed ${seed} (TEST_SEED=${seed} repeats it)\n`);
  return seed;
}

function seedFromEnvironment(): number {
  // biome-ignore lint/style/noProcessEnv: a switch for the person at the keyboard, not configuration of the product
  const given = process.env.TEST_SEED;
  if (given === undefined || given === '') return Math.floor(Math.random() * 2 ** 32);
  const seed = Number(given);
  if (!Number.isInteger(seed)) throw new RangeError(`TEST_SEED is not a whole number: ${given}`);
  return seed;
}
