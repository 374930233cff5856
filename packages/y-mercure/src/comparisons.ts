import { type ComparisonVerdict, contentsDigest, type Difference } from '@cahier/protocol';
import * as Y from 'yjs';
import { asRequestError } from './failures.ts';
import { isWaitingForMore } from './updates.ts';

export interface ComparisonsOptions {
  doc: Y.Doc;
  /** The number up to which the document holds the log, and nothing else; null: it is not so at the moment. */
  settledAt(): number | null;
  /** Asks the server. */
  compare(seq: number, digest: string, mended: Difference | null): Promise<ComparisonVerdict>;
  /** Looks closely, brings each side what it lacks, and tells what that was. */
  mend(): Promise<Difference>;
}

/** Between two comparisons, plus up to as much again: many clients of one document do not ask at once. */
const INTERVAL_MS = 60_000;
/** A difference that cannot be mended, or is none, is looked at more and more rarely. */
const MAX_INTERVAL_MS = 3_600_000;
/** After something odd, plus up to as much again. */
const SOON_MS = 2_000;

/**
 * Finds out now and then, and after anything odd, whether the document is what the server's log holds, and mends what is
 * not. Nobody notices: it comes and goes like the edits of others.
 */
export class Comparisons {
  readonly #options: ComparisonsOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = 0;
  /** Grows with every start and stop: what was begun before is over. */
  #run = 0;
  #isRunning = false;
  #isBusy = false;
  /** There is reason to compare, even if nothing has changed since the last time. */
  #isSuspicious = true;
  #hasChanged = true;
  /** What was mended, until a comparison has told whether with success. */
  #mended: Difference | null = null;
  /** How often in a row there was still a difference after it was mended. */
  #futile = 0;

  constructor(options: ComparisonsOptions) {
    this.#options = options;
  }

  /** The document is complete: from now on it can be compared. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#wait(this.#isSuspicious ? SOON_MS : INTERVAL_MS);
  }

  stop(): void {
    this.#isRunning = false;
    this.#run += 1;
    this.#isBusy = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** The document has changed. */
  changed(): void {
    this.#hasChanged = true;
  }

  /** Something odd has happened. */
  suspect(): void {
    this.#isSuspicious = true;
    if (!this.#isRunning || this.#isBusy || this.#futile > 0) return;
    if (this.#dueAt - Date.now() > 2 * SOON_MS) this.#wait(SOON_MS);
  }

  #wait(delayMs: number): void {
    clearTimeout(this.#timer);
    const jitteredMs = delayMs * (1 + Math.random());
    this.#dueAt = Date.now() + jitteredMs;
    this.#timer = setTimeout(() => void this.#compare(), jitteredMs);
  }

  async #compare(): Promise<void> {
    const run = this.#run;
    this.#isBusy = true;
    let delayMs = INTERVAL_MS;
    try {
      delayMs = await this.#step();
    } catch (error) {
      // It can wait: whatever keeps it from being asked is dealt with where edits are sent and read.
      delayMs = Math.max(INTERVAL_MS, (asRequestError(error).retryAfterSeconds ?? 0) * 1_000);
    }
    if (run !== this.#run) return;
    this.#isBusy = false;
    this.#wait(Math.min(delayMs, MAX_INTERVAL_MS));
  }

  /** @returns when to go on, in milliseconds */
  async #step(): Promise<number> {
    const { doc, settledAt, compare } = this.#options;
    const seq = settledAt();
    if (isWaitingForMore(doc)) return seq === null ? SOON_MS : this.#mend();
    if (!this.#isSuspicious && !this.#hasChanged) return INTERVAL_MS;
    if (seq === null) return SOON_MS;
    this.#isSuspicious = false;
    this.#hasChanged = false;
    const mended = this.#mended;
    const verdict = await compare(seq, digestOf(doc), mended).catch((error: unknown) => {
      this.#isSuspicious = true;
      throw error;
    });
    if (verdict === 'undecided') {
      this.#isSuspicious = true;
      return mended === null ? INTERVAL_MS : SOON_MS;
    }
    this.#mended = null;
    if (verdict === 'equal') {
      this.#futile = 0;
      return INTERVAL_MS;
    }
    this.#isSuspicious = true;
    if (mended === null) return this.#mend();
    this.#futile += 1;
    return INTERVAL_MS * 2 ** this.#futile;
  }

  async #mend(): Promise<number> {
    const run = this.#run;
    const mended = await this.#options.mend();
    if (run === this.#run) {
      this.#mended = mended;
      this.#isSuspicious = true;
    }
    return SOON_MS;
  }
}

/** Of everything in `doc` and everything deleted in it. */
function digestOf(doc: Y.Doc): string {
  const { sv, ds } = Y.snapshot(doc);
  const deleted = new Map(
    [...ds.clients].map(([client, items]) => [
      client,
      items.map(({ clock, len }) => [clock, clock + len] as const),
    ]),
  );
  return contentsDigest({ vector: sv, deleted });
}
