import { type Backoff, backoffDelayMs } from '@cahier/mercure-client';
import { type Difference, type LogEntry, type LogPage, RequestError } from '@cahier/protocol';
import { fromBase64 } from 'lib0/buffer';
import * as Y from 'yjs';
import type { DocumentCopy } from './copies.ts';
import { asRequestError, judgeReading, type ReadingVerdict } from './failures.ts';
import { forgetWaiting, isWaitingForMore } from './updates.ts';

export interface ReplicaOptions {
  doc: Y.Doc;
  /** The transaction origin of everything that comes from the log. */
  origin: unknown;
  /** One page of the log, after a sequence number. */
  read(after: number): Promise<LogPage>;
  /** Whether this batch was made here and is not acknowledged yet. */
  isUnacknowledged(batch: string): boolean;
  /** A batch made here was found in the log, with this update: what is read there is on the server's disk. */
  onFound(batch: string, update: Uint8Array): void;
  /** The document is complete up to the end of the log. */
  onCaughtUp(): void;
  /** The log cannot be read; at `retryAt` (milliseconds since the epoch) it is tried again. */
  onFailure(error: RequestError, retryAt: number): void;
  /** The log cannot be read, and no repetition would mend it. */
  onEnd(reason: Exclude<ReadingVerdict, 'retry'>, error: RequestError): void;
  /** The log is shorter than what we have seen of it: the server has lost its end. It is read anew from the start. */
  onRegression(): void;
  /** Something came that should not have, or did not come that should have: the document may not be what the log holds. */
  onOddity?(): void;
  /** The edits made here that are not acknowledged yet, merged; null: there are none. Default: there never are. */
  unsent?(): Uint8Array | null;
  backoff?: Backoff;
  /** How long a gap that closes by itself is waited for, before it is fetched. Default: 2 s. */
  gapPatienceMs?: number;
}

/** What a close look at the whole log has found. */
export interface LogComparison {
  readonly difference: Difference;
  /** All that the document holds and the log does not, in one update; null: nothing. */
  readonly missing: Uint8Array | null;
}

const GAP_PATIENCE_MS = 2_000;

/** Follows a document's log: brings the `Y.Doc` up to date, in order, and notices when something is missing. */
export class Replica {
  readonly #options: ReplicaOptions;
  /** The document is complete up to here. */
  #seq = 0;
  /** Own batches acknowledged further on in the log: between them and `#seq` is what others wrote meanwhile. */
  readonly #ahead = new Map<number, string>();
  /** The log is said to reach to here. */
  #announced = 0;
  #reading = false;
  #readAgain = false;
  #rereadForPending = false;
  #failures = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #imposedUntil = 0;
  #gapTimer: ReturnType<typeof setTimeout> | undefined;
  #stopped = true;
  /** The server's, when the log was last read. */
  #epoch: string | undefined;

  constructor(options: ReplicaOptions) {
    this.#options = options;
  }

  /** The document holds the log up to here. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether the document holds the log up to {@link seq} and, but for what was made here, nothing else. */
  get isSettled(): boolean {
    return !this.#stopped && !this.#reading && this.#retryTimer === undefined && this.#ahead.size === 0;
  }

  start(): void {
    this.#stopped = false;
    this.catchUp();
  }

  /**
   * Begins with a copy of the document instead of from nothing; before `start`.
   *
   * @throws whatever Yjs throws where the copy is none
   */
  restore({ seq, update }: DocumentCopy): void {
    Y.applyUpdate(this.#options.doc, update, this.#options.origin);
    this.#advance(seq);
  }

  stop(): void {
    this.#stopped = true;
    this.#clearTimers();
  }

  /** Reads what follows in the log, at once; if it is being read already, once more after that. */
  catchUp(): void {
    if (this.#stopped) return;
    this.#clearTimers();
    if (this.#reading) this.#readAgain = true;
    else void this.#read();
  }

  /** The network may be back: tries again at once, if it is waiting to, but not before the server wants it. */
  wake(): void {
    if (Date.now() >= this.#imposedUntil) this.retryNow();
  }

  /** Tries again at once, if it is waiting to. */
  retryNow(): void {
    if (this.#retryTimer !== undefined) this.catchUp();
  }

  /** Reads what follows in the log, unless it is being read, or is to be read later. */
  poll(): void {
    if (!this.#reading && this.#retryTimer === undefined) this.catchUp();
  }

  /** Entries that came down the stream: some may be known, some may be missing before them. */
  receive(entries: readonly LogEntry[]): void {
    if (this.#stopped) return;
    try {
      this.#apply(entries, false);
    } catch {
      // Whatever that was, it is not what the log holds.
      this.#options.onOddity?.();
      this.catchUp();
    }
    this.announce(entries.at(-1)?.seq ?? 0);
    if (isWaitingForMore(this.#options.doc)) this.catchUp();
  }

  /** The log is said to reach to `seq`: fetches what is missing here. */
  announce(seq: number): void {
    this.#announced = Math.max(this.#announced, seq);
    // A read under way, or waiting to be repeated, will see to it.
    if (this.#announced > this.#seq && !this.#reading && this.#retryTimer === undefined) this.catchUp();
  }

  /** The server has put a batch made here at this place. */
  acknowledged(batch: string, seq: number): void {
    if (this.#stopped || seq <= this.#seq) return;
    this.#ahead.set(seq, batch);
    this.#advance(this.#seq);
    if (this.#ahead.size > 0) {
      // What others wrote before it is on its way down the stream, unless it was lost.
      this.#gapTimer ??= setTimeout(() => {
        this.#gapTimer = undefined;
        if (this.#ahead.size === 0) return;
        this.#options.onOddity?.();
        if (!this.#reading) this.catchUp();
      }, this.#options.gapPatienceMs ?? GAP_PATIENCE_MS);
    }
  }

  /**
   * Reads the whole log. Gives a function that brings the document what it lacks of it, and tells, for the moment in which
   * it is called, all that the document holds and the log did not.
   */
  async compareWithLog(): Promise<() => LogComparison> {
    const { doc, origin, unsent } = this.#options;
    const server = new Y.Doc();
    const pages = await this.#pages(0);
    for (const page of pages) applyPage(server, page, origin);
    if ((pages.at(-1)?.seq ?? 0) < this.#seq) this.#startOver();
    return () => {
      const wasWaiting = isWaitingForMore(doc);
      const before = Y.snapshot(doc);
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(doc)), origin);
      if (isWaitingForMore(doc)) {
        // What it waits for is nowhere: whatever waits is nothing, unless it was made here.
        forgetWaiting(doc);
        const own = unsent?.() ?? null;
        if (own !== null) Y.applyUpdate(doc, own, origin);
      }
      const after = Y.snapshot(doc);
      const isBehind = !Y.equalSnapshots(before, after);
      const isAhead = isWaitingForMore(doc) || !Y.equalSnapshots(after, Y.snapshot(server));
      return {
        difference: wasWaiting ? 'waiting' : differenceOf(isBehind, isAhead),
        missing: isAhead ? Y.encodeStateAsUpdate(doc, Y.encodeStateVector(server)) : null,
      };
    };
  }

  async #read(): Promise<void> {
    this.#reading = true;
    try {
      do {
        this.#readAgain = false;
        const announcedBefore = this.#announced;
        await this.#readToEnd();
        // The log is the truth: what was announced before this read, and did not come with it, does not exist.
        if (this.#announced === announcedBefore) this.#announced = this.#seq;
      } while (!this.#stopped && (this.#readAgain || this.#announced > this.#seq));
      this.#failures = 0;
      this.#reading = false;
      if (!this.#stopped) this.#options.onCaughtUp();
    } catch (error) {
      this.#reading = false;
      if (!this.#stopped) this.#failed(asRequestError(error));
    }
  }

  async #readToEnd(): Promise<void> {
    const { doc, origin } = this.#options;
    const after = this.#seq;
    const pages = await this.#pages(after);
    if (this.#stopped) return;
    this.#noteEpoch(pages.at(-1)?.epoch);
    if ((pages.at(-1)?.seq ?? 0) < after) return this.#startOver();
    doc.transact(() => {
      for (const page of pages) {
        if (page.snapshot !== null && page.snapshot.seq > this.#seq) {
          applyUpdate(doc, page.snapshot.update, origin);
          this.#advance(page.snapshot.seq);
        }
        this.#apply(page.updates, true);
        this.#advance(page.seq);
      }
    }, origin);
    await this.#completePending();
  }

  /** A server that has been started again may have lost what it had told everybody, and given its numbers to something else. */
  #noteEpoch(epoch: string | undefined) {
    if (this.#epoch !== undefined && epoch !== this.#epoch) this.#options.onOddity?.();
    this.#epoch = epoch;
  }

  /** The document waits for something that the log should have brought: as a last resort, reads all of it again. */
  async #completePending(): Promise<void> {
    const { doc, origin } = this.#options;
    if (!isWaitingForMore(doc)) {
      this.#rereadForPending = false;
    } else if (!this.#rereadForPending) {
      this.#rereadForPending = true;
      for (const page of await this.#pages(0)) applyPage(doc, page, origin);
      if (isWaitingForMore(doc)) this.#options.onOddity?.();
    }
  }

  async #pages(from: number): Promise<LogPage[]> {
    const pages: LogPage[] = [];
    let after = from;
    while (true) {
      const page = await this.#options.read(after);
      pages.push(page);
      if (!page.more) return pages;
      if (page.seq <= after) throw new RequestError('unexpected_response', 'The log does not go on');
      after = page.seq;
    }
  }

  #apply(entries: readonly LogEntry[], isOnDisk: boolean): void {
    const { doc, origin, isUnacknowledged, onFound } = this.#options;
    doc.transact(() => {
      for (const { seq, batch, update } of entries) {
        if (seq <= this.#seq) continue;
        if (seq !== this.#seq + 1) return;
        // What the server has under the name of a batch that was left behind may be more than was kept of it here.
        if (this.#ahead.get(seq) !== batch) applyUpdate(doc, update, origin);
        // Everybody is told before the disk has it; who made it is answered when it has.
        if (isOnDisk && isUnacknowledged(batch)) onFound(batch, fromBase64(update));
        this.#advance(seq);
      }
    }, origin);
  }

  #advance(seq: number): void {
    this.#seq = Math.max(this.#seq, seq);
    while (this.#ahead.has(this.#seq + 1)) this.#seq += 1;
    for (const acknowledged of this.#ahead.keys()) {
      if (acknowledged <= this.#seq) this.#ahead.delete(acknowledged);
    }
  }

  #startOver(): void {
    this.#seq = 0;
    this.#announced = 0;
    this.#ahead.clear();
    this.#options.onRegression();
    this.catchUp();
  }

  #failed(error: RequestError): void {
    const verdict = judgeReading(error);
    if (verdict !== 'retry') {
      this.#options.onEnd(verdict, error);
      return;
    }
    this.#failures += 1;
    const imposedMs = (error.retryAfterSeconds ?? 0) * 1000;
    this.#imposedUntil = Date.now() + imposedMs;
    const delayMs = backoffDelayMs(this.#failures, this.#options.backoff, imposedMs);
    this.#retryTimer = setTimeout(() => this.catchUp(), delayMs);
    this.#options.onFailure(error, Date.now() + delayMs);
  }

  #clearTimers(): void {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#gapTimer);
    this.#retryTimer = undefined;
    this.#gapTimer = undefined;
  }
}

function differenceOf(isBehind: boolean, isAhead: boolean): Difference {
  if (isBehind) return isAhead ? 'diverged' : 'behind';
  return isAhead ? 'ahead' : 'none';
}

function applyPage(doc: Y.Doc, page: LogPage, origin: unknown): void {
  doc.transact(() => {
    if (page.snapshot !== null) applyUpdate(doc, page.snapshot.update, origin);
    for (const { update } of page.updates) applyUpdate(doc, update, origin);
  }, origin);
}

function applyUpdate(doc: Y.Doc, base64: string, origin: unknown): void {
  try {
    Y.applyUpdate(doc, fromBase64(base64), origin);
  } catch (cause) {
    throw new RequestError('unexpected_response', 'The log holds something that is not a Yjs update', {
      cause,
    });
  }
}
