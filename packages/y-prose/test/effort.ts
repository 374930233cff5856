import type { Parameters } from 'fast-check';

// fast-check prints the seed of a failing run. Its smallest form belongs into regressions.test.ts.

/** PROPERTY_RUNS=20 makes twenty times as many runs as `npm test`. */
const effort = Number(process.env.PROPERTY_RUNS ?? 1);

/** How many runs a property gets. */
export const runs = (count: number): Parameters<unknown> => ({ numRuns: Math.ceil(count * effort) });

/** For tests that grow with the effort: a guard against hanging. */
export const timeout = { timeout: 300_000 * Math.max(1, effort) };
