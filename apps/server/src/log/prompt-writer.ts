import { openForAppending } from './open-for-appending.ts';
import type { KnownVector } from './state-vectors.ts';
import { type Append, LogWriter, type Outcome } from './writer.ts';

/** What is larger takes its time to be checked and written. */
const MAX_APPENDS = 64;
const MAX_BYTES = 64 * 1024;

/** Some 50 bytes each, over all documents. */
const MAX_REMEMBERED_CLIENTS = 100_000;

/** A commit that took so long was held up by the system; for a while the log writer's thread is held up instead. */
const SLOW_COMMIT_MS = 10;
const AVOIDANCE_MS = 2_000;

/**
 * Commits what a keystroke or a few of them have made, in the thread of the event loop: without waiting for the disk
 * that takes a fraction of what it takes to tell another thread and to hear from it. What would hold the loop up is
 * left to the log writer's thread: large updates, documents that it has yet to read, and everything while somebody
 * else is writing or the disk is slow.
 */
export class PromptWriter {
  readonly #database: ReturnType<typeof openForAppending>;
  readonly #writer: LogWriter;
  readonly #now: () => number;
  #avoidedUntil = Number.NEGATIVE_INFINITY;

  /** @param now - in the milliseconds of any clock that never goes back */
  constructor(dataDir: string, now: () => number = () => performance.now()) {
    this.#database = openForAppending(dataDir, { busyTimeoutMs: 0 });
    this.#writer = new LogWriter(this.#database, { maxRememberedClients: MAX_REMEMBERED_CLIENTS });
    this.#now = now;
  }

  /** @returns undefined when it is a matter for the log writer's thread; nothing has been done then */
  commit(appends: readonly Append[]): readonly Outcome[] | undefined {
    const begunAt = this.#now();
    if (begunAt < this.#avoidedUntil || !isSmall(appends)) return undefined;
    const outcomes = this.#writer.commitAtOnce(appends);
    const endedAt = this.#now();
    if (endedAt - begunAt > SLOW_COMMIT_MS) this.#avoidedUntil = endedAt + AVOIDANCE_MS;
    return outcomes;
  }

  /** What documents contain, from whoever had to read it. */
  learn(vectors: readonly KnownVector[]): void {
    this.#writer.learnVectors(vectors);
  }

  close(): void {
    this.#database.close();
  }
}

function isSmall(appends: readonly Append[]): boolean {
  if (appends.length > MAX_APPENDS) return false;
  return appends.reduce((sum, { bytes }) => sum + bytes.length, 0) <= MAX_BYTES;
}
