import { type Backoff, backoffDelayMs } from '@cahier/mercure-client';
import { MAX_UPDATE_BYTES, type RequestError } from '@cahier/protocol';
import { uuidv4 } from 'lib0/random';
import { Batch } from './batch.ts';
import { asRequestError, judgeSending, type SendingVerdict } from './failures.ts';
import type { QueuedEdit, UpdateQueue } from './queue.ts';
import type { EndReason, SaveStatus } from './state.ts';
import { mergeAll } from './updates.ts';

export interface OutboxOptions {
  queue: UpdateQueue;
  /** Sends one batch; gives its sequence number once it is committed. */
  send(batch: string, update: Uint8Array, keepalive: boolean): Promise<number>;
  /** Asks the server; the function then tells what the document holds more, at that moment, in one update (null: nothing). */
  missingFromServer(): Promise<() => Uint8Array | null>;
  onAcknowledged(batch: string, seq: number): void;
  /** The status, or the number of unsent edits, may have changed. */
  onChange(): void;
  /** The server will not take any more, for this reason. Everything unsent is kept. */
  onEnd(reason: EndReason, error: RequestError): void;
  backoff?: Backoff;
}

type Phase =
  | { name: 'stopped' }
  | { name: 'idle' }
  | { name: 'sending' }
  | { name: 'waiting'; timer: ReturnType<typeof setTimeout> };

/** Browsers let requests of at most this size, together, outlive their page (Fetch standard, section 4.6). */
const KEEPALIVE_BYTES = 64 * 1024;
/** Room that the JSON around a batch's base64 takes. */
const ENVELOPE_BYTES = 100;

/**
 * The edits made here on their way to the server's disk: one request in flight, what is made meanwhile goes into the
 * next one, and nothing is forgotten before it is acknowledged.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #batches: Batch[] = [];
  #phase: Phase = { name: 'stopped' };
  #failures = 0;
  /** The server does not want to be asked before. */
  #imposedUntil = 0;
  /** Larger batches were refused on the way. */
  #maxBatchBytes = MAX_UPDATE_BYTES;
  /** Whether the document may hold edits that neither the server nor a batch has. */
  #inDoubt = false;
  /** Waiting for the doubt to be resolved. */
  #waiting: PromiseWithResolvers<void>[] = [];
  #healed = false;
  #finishing = false;
  #problem: RequestError | null = null;
  #queueFailed = false;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get status(): SaveStatus {
    if (this.#isDone) return 'saved';
    return this.#problem === null ? 'saving' : 'offline';
  }

  /** Why the last attempt failed; null when it did not, or nothing is left to send. */
  get problem(): RequestError | null {
    return this.#isDone ? null : this.#problem;
  }

  /** The number of edits that are not acknowledged. */
  get size(): number {
    return this.#batches.reduce((sum, batch) => sum + batch.edits.length, 0);
  }

  /** Whether everything unsent is kept where it outlives the page. */
  get isKept(): boolean {
    return this.#isDone || (this.#options.queue.outlivesPage === true && !this.#queueFailed);
  }

  /** The edits that are not acknowledged, merged; null when there are none. */
  get unsent(): Uint8Array | null {
    return this.#batches.length === 0 ? null : mergeAll(this.#batches.flatMap(batch => batch.edits));
  }

  has(batch: string): boolean {
    return this.#batches.some(({ id }) => id === batch);
  }

  /** An edit was made here. */
  add(update: Uint8Array): void {
    const last = this.#batches.at(-1);
    this.#put(update, last?.hasRoomFor(update, this.#maxBatchBytes) ? last : this.#newBatch());
    this.#options.onChange();
    this.#schedule();
  }

  /** Edits left behind by an earlier owner. They may have been sent: each batch stays as it is, ahead of all others. */
  adopt(edits: readonly QueuedEdit[]): void {
    const adopted = new Map<string, Batch>();
    for (const { batch: id, update } of edits) {
      const batch = adopted.get(id) ?? new Batch(id);
      batch.add(update);
      adopted.set(id, batch);
    }
    for (const batch of adopted.values()) batch.seal();
    this.#batches.unshift(...adopted.values());
    this.#options.onChange();
    this.#schedule();
  }

  /** The document may hold edits that neither the server nor a batch has: compares them, before anything else is sent. */
  doubt(): void {
    this.#inDoubt = true;
    this.#options.onChange();
    this.#schedule();
  }

  /** Begins, or begins again, to send. */
  start(): void {
    if (this.#phase.name !== 'stopped') return;
    this.#phase = { name: 'idle' };
    this.#healed = false;
    this.#problem = null;
    this.#options.onChange();
    this.#schedule();
  }

  /** Sends nothing any more; a request in flight is not taken back. Everything unsent is kept. */
  stop(error: unknown): void {
    if (this.#phase.name === 'waiting') clearTimeout(this.#phase.timer);
    this.#phase = { name: 'stopped' };
    const waiting = [...this.#batches.flatMap(batch => batch.waiting.splice(0)), ...this.#waiting.splice(0)];
    for (const waiter of waiting) waiter.reject(error);
  }

  /** Sends what is left for as long as that succeeds, then stops. */
  async finish(): Promise<void> {
    this.#finishing = true;
    this.retryNow();
    if (this.#phase.name !== 'stopped') await this.flush().catch(() => {});
    this.stop(new Error('The provider was destroyed'));
  }

  /** The network may be back: tries again at once, if it is waiting to, but not before the server wants it. */
  wake(): void {
    if (Date.now() >= this.#imposedUntil) this.retryNow();
  }

  /** Tries again at once, if it is waiting to. */
  retryNow(): void {
    if (this.#phase.name !== 'waiting') return;
    clearTimeout(this.#phase.timer);
    this.#phase = { name: 'idle' };
    this.#schedule();
  }

  /** The server has this batch, by its answer or by what it has told everybody. */
  acknowledge(id: string): void {
    const acknowledged = this.#batches.find(batch => batch.id === id);
    if (acknowledged === undefined) return;
    this.#batches = this.#batches.filter(batch => batch !== acknowledged);
    this.#succeeded();
    this.#keep(this.#options.queue.remove(id));
    for (const waiter of acknowledged.waiting) waiter.resolve();
    this.#options.onChange();
    this.wake();
  }

  /** Resolves when everything added so far is acknowledged; rejects when that can no longer happen. */
  flush(): Promise<void> {
    if (this.#isDone) return Promise.resolve();
    const waiter = Promise.withResolvers<void>();
    const last = this.#inDoubt ? undefined : this.#batches.at(-1);
    (last?.waiting ?? this.#waiting).push(waiter);
    return waiter.promise;
  }

  /**
   * The page is going away: sends what may outlive it. A batch in flight is repeated, it may die. Nobody is there to wait for
   * one before the next is sent, and they may overtake each other: so each brings along all before it.
   */
  sendBeforeUnload(): void {
    let room = KEEPALIVE_BYTES;
    const unsent: Uint8Array[] = [];
    for (const batch of this.#batches) {
      unsent.push(batch.seal());
      const update = mergeAll(unsent);
      room -= Math.ceil(update.length / 3) * 4 + ENVELOPE_BYTES;
      if (room < 0) return;
      this.#options.send(batch.id, update, true).then(
        seq => {
          this.acknowledge(batch.id);
          this.#options.onAcknowledged(batch.id, seq);
        },
        () => {}, // The page is most likely gone. If not, the batch is still here and sent again.
      );
    }
  }

  /** Keeps everything unsent out of later adoptions. */
  setAside(): void {
    for (const batch of this.#batches) this.#keep(this.#options.queue.setAside(batch.id));
  }

  /** Forgets everything unsent, here and in the queue; only when stopped. */
  async discard(): Promise<void> {
    const removals = this.#batches.map(({ id }) => this.#options.queue.remove(id));
    this.#batches = [];
    this.#inDoubt = false;
    this.#options.onChange();
    await Promise.allSettled(removals);
  }

  get #isDone(): boolean {
    return this.#batches.length === 0 && !this.#inDoubt;
  }

  #newBatch(): Batch {
    const batch = new Batch(uuidv4());
    this.#batches.push(batch);
    return batch;
  }

  #put(update: Uint8Array, batch: Batch): void {
    batch.add(update);
    this.#keep(this.#options.queue.append({ batch: batch.id, update }));
  }

  /** The first edit after a pause leaves at once: after what runs now, so that edits made together go together. */
  #schedule(): void {
    if (this.#phase.name !== 'idle' || this.#isDone) return;
    const sending: Phase = { name: 'sending' };
    this.#phase = sending;
    queueMicrotask(() => this.#drain(sending));
  }

  /** Sends until nothing is left, or until something else has begun than this `sending`. */
  async #drain(sending: Phase): Promise<void> {
    while (this.#phase === sending) {
      if (this.#inDoubt) {
        await this.#compare(sending);
        continue;
      }
      const [batch] = this.#batches;
      if (batch === undefined) {
        this.#phase = { name: 'idle' };
        return;
      }
      try {
        const seq = await this.#options.send(batch.id, batch.seal(), false);
        this.acknowledge(batch.id);
        this.#options.onAcknowledged(batch.id, seq);
      } catch (error) {
        // It may have been acknowledged by an event while its own answer was lost.
        if (this.#phase === sending && this.has(batch.id)) this.#failed(batch, asRequestError(error));
      }
    }
  }

  #failed(batch: Batch, error: RequestError): void {
    const verdict = judgeSending(error);
    if (isTooLarge(error) && batch.edits.length > 1) {
      this.#split(batch);
    } else if (verdict === 'retry') {
      this.#wait(error);
    } else if (verdict !== 'heal') {
      this.#end(verdict, error);
    } else if (this.#healed) {
      this.#end('refused', error);
    } else {
      // The server lacks what the batch builds on (it lost something, or we did). Comparing finds out what it really
      // misses; once, until something is acknowledged: a second refusal is final.
      this.#healed = true;
      this.#inDoubt = true;
    }
  }

  /** Sends a batch that is too large for the way to the server in two halves, and makes no larger ones from now on. */
  #split(batch: Batch): void {
    this.#maxBatchBytes = Math.min(this.#maxBatchBytes, Math.ceil(batch.bytes / 2));
    const middle = Math.ceil(batch.edits.length / 2);
    const halves = [batch.edits.slice(0, middle), batch.edits.slice(middle)].map(edits => {
      const half = new Batch(uuidv4());
      for (const edit of edits) this.#put(edit, half);
      return half;
    });
    halves.at(-1)?.waiting.push(...batch.waiting);
    this.#batches = this.#batches.flatMap(other => (other === batch ? halves : [other]));
    this.#keep(this.#options.queue.remove(batch.id));
    this.#options.onChange();
  }

  async #compare(sending: Phase): Promise<void> {
    try {
      const missing = await this.#options.missingFromServer();
      // In one go: an edit made in between would be neither in the one nor in the other.
      if (this.#phase === sending) this.#replaceAll(missing());
    } catch (error) {
      if (this.#phase === sending) this.#wait(asRequestError(error));
    }
  }

  #wait(error: RequestError): void {
    if (this.#finishing) {
      this.stop(error);
      return;
    }
    this.#failures += 1;
    const imposedMs = (error.retryAfterSeconds ?? 0) * 1000;
    this.#imposedUntil = Date.now() + imposedMs;
    const timer = setTimeout(
      () => this.retryNow(),
      backoffDelayMs(this.#failures, this.#options.backoff, imposedMs),
    );
    this.#phase = { name: 'waiting', timer };
    this.#problem = error;
    this.#options.onChange();
  }

  /** Sends `update` instead of everything unsent, all of which it contains; null: the server has it all. */
  #replaceAll(update: Uint8Array | null): void {
    const replaced = this.#batches;
    const waiting = [...replaced.flatMap(batch => batch.waiting), ...this.#waiting.splice(0)];
    this.#batches = [];
    this.#inDoubt = false;
    if (update === null) {
      this.#succeeded();
      for (const waiter of waiting) waiter.resolve();
    } else {
      const batch = this.#newBatch();
      this.#put(update, batch);
      batch.waiting.push(...waiting);
    }
    for (const { id } of replaced) this.#keep(this.#options.queue.remove(id));
    this.#options.onChange();
  }

  #end(reason: Exclude<SendingVerdict, 'retry' | 'heal'>, error: RequestError): void {
    this.stop(error);
    this.#options.onEnd(reason, error);
  }

  #succeeded(): void {
    this.#failures = 0;
    this.#healed = false;
    this.#problem = null;
  }

  /** The queue is a safety net: without it (no space, private mode) the edits are still here, and still sent. */
  #keep(operation: Promise<void>): void {
    operation.catch(() => {
      this.#queueFailed = true;
      this.#options.onChange();
    });
  }
}

/** Whether the server, or something on the way to it, does not take so much at once. */
const isTooLarge = ({ code, status }: RequestError) => status === 413 || code === 'update_too_large';
