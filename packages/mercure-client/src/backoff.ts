export interface Backoff {
  /** Upper bound of the first delay. Default: 500 ms. */
  minDelayMs?: number;
  /** Upper bound of every delay. Default: 30 s. */
  maxDelayMs?: number;
}

const MIN_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** What a server may make us wait at most; beyond an hour it has probably confused its units. */
const MAX_IMPOSED_DELAY_MS = 3_600_000;

/**
 * How long to wait before another attempt: exponential with full jitter, so that the clients of a server that comes
 * back do not all come back with it.
 *
 * @param attempt - how many attempts have failed in a row, 1 for the first
 * @param imposedMs - what the server asked for (`Retry-After`, SSE `retry:`); the jitter comes on top of it
 */
export function backoffDelayMs(attempt: number, backoff: Backoff = {}, imposedMs = 0): number {
  const { minDelayMs = MIN_DELAY_MS, maxDelayMs = MAX_DELAY_MS } = backoff;
  const bound = Math.min(maxDelayMs, minDelayMs * 2 ** Math.min(attempt - 1, 30));
  return Math.min(imposedMs, MAX_IMPOSED_DELAY_MS) + Math.random() * bound;
}
