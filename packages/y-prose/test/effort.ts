import type { Parameters } from 'fast-check';
import { vi } from 'vitest';

// fast-check prints the seed of a failing run.

/** PROPERTY_RUNS=20 makes twenty times as many runs as `npm test`, others each time. */
const effort = Number(process.env.PROPERTY_RUNS ?? 1);

/** `npm test` tries the same every time, so that it says something about a change; PROPERTY_SEED=N tries others. */
const SEED = 20_261_124;

/** How many runs a property gets, and which. */
export function runs(count: number): Parameters<unknown> {
  const { PROPERTY_RUNS, PROPERTY_SEED } = process.env;
  const seed = PROPERTY_SEED === undefined && PROPERTY_RUNS === undefined ? SEED : Number(PROPERTY_SEED);
  return { numRuns: Math.ceil(count * effort), ...(Number.isNaN(seed) ? {} : { seed }) };
}

/** For tests that grow with the effort: a guard against hanging. */
export const timeout = { timeout: 300_000 * Math.max(1, effort) };

/** Gives out the same ids of containers from now on as in every other run, so that a seed repeats its failure. */
export function repeatIds(): void {
  let state = 1;
  vi.spyOn(globalThis.crypto, 'getRandomValues').mockImplementation(values => {
    const bytes = values as unknown as Uint8Array;
    for (let index = 0; index < bytes.length; index++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      bytes[index] = state >>> 16;
    }
    return values;
  });
}
