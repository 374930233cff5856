import type { EndReason, Subscriber } from './subscriber.ts';

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

/** A moment at which streams end that are still there. */
class Deadline {
  readonly streams = new Set<Subscriber>();
  readonly #atMs: number;
  readonly #reason: EndReason;
  #timer: NodeJS.Timeout;

  constructor(atMs: number, reason: EndReason) {
    this.#atMs = atMs;
    this.#reason = reason;
    this.#timer = this.#wait();
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  #wait(): NodeJS.Timeout {
    const leftMs = Math.min(Math.max(this.#atMs - Date.now(), 0), MAX_TIMER_MS);
    return setTimeout(() => {
      if (Date.now() < this.#atMs) this.#timer = this.#wait();
      else for (const stream of this.streams) void stream.end(this.#reason);
    }, leftMs);
  }
}

/**
 * Ends streams when their tokens expire or they have lived long enough. Streams that end at the same moment share a timer: tokens
 * expire at whole seconds, so that thousands of streams need few.
 */
export class Deadlines {
  readonly #maxConnectionMs: number | undefined;
  readonly #byMoment = new Map<string, Deadline>();
  readonly #momentOf = new Map<Subscriber, string>();

  /** @param maxConnectionMs - undefined: no limit but the token's */
  constructor(maxConnectionMs: number | undefined) {
    this.#maxConnectionMs = maxConnectionMs;
  }

  /** @param expiresAtMs - of its token; undefined: never */
  add(stream: Subscriber, expiresAtMs = Number.POSITIVE_INFINITY): void {
    const oldAge =
      this.#maxConnectionMs === undefined
        ? Number.POSITIVE_INFINITY
        : Date.now() + lifetimeMs(this.#maxConnectionMs);
    const atMs = Math.min(expiresAtMs, oldAge);
    if (atMs === Number.POSITIVE_INFINITY) return;

    const reason = expiresAtMs <= oldAge ? 'token_expired' : 'max_connection';
    const moment = `${reason} ${atMs}`;
    const deadline = this.#byMoment.get(moment) ?? new Deadline(atMs, reason);
    this.#byMoment.set(moment, deadline);
    this.#momentOf.set(stream, moment);
    deadline.streams.add(stream);
  }

  /** To be called when a stream has ended, in whatever way. */
  remove(stream: Subscriber): void {
    const moment = this.#momentOf.get(stream);
    const deadline = moment === undefined ? undefined : this.#byMoment.get(moment);
    if (moment === undefined || deadline === undefined) return;
    this.#momentOf.delete(stream);
    deadline.streams.delete(stream);
    if (deadline.streams.size > 0) return;
    deadline.cancel();
    this.#byMoment.delete(moment);
  }
}
