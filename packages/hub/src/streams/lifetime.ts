import type { Subscriber } from './subscriber.ts';

/** Timers hold 31 bits of milliseconds. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** How much shorter than the longest a life may be. */
const VARIATION = 0.2;

/**
 * How long a stream lives that may live so long: up to a fifth less, so that streams that began at the same moment, after a
 * failure of the network, do not all end at the same moment.
 *
 * @param chance - at least 0, less than 1
 */
export function lifetimeMs(maxConnectionMs: number, chance = Math.random()): number {
  return maxConnectionMs * (1 - VARIATION * chance);
}

/** Ends the stream when its token expires or it has lived long enough. Returns the way to call that off. */
export function endInTime(
  subscriber: Subscriber,
  expiresAtMs: number | undefined,
  maxConnectionMs: number | undefined,
): () => void {
  const expiry = expiresAtMs ?? Number.POSITIVE_INFINITY;
  const oldAge =
    maxConnectionMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + lifetimeMs(maxConnectionMs);
  const deadline = Math.min(expiry, oldAge);
  if (deadline === Number.POSITIVE_INFINITY) return () => {};

  const reason = expiry <= oldAge ? 'token_expired' : 'max_connection';
  const wait = () => setTimeout(onTime, Math.min(Math.max(deadline - Date.now(), 0), MAX_TIMER_MS));
  const onTime = () => {
    if (Date.now() >= deadline) void subscriber.end(reason);
    else timer = wait();
  };
  let timer = wait();
  return () => clearTimeout(timer);
}
