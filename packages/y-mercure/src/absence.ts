import * as Y from 'yjs';
import type { AbsenceStore } from './absence-store.ts';
import { mergeAll } from './updates.ts';

/** A time in which somebody did not see what others did to a document. */
export interface Absence {
  /** When it began, in milliseconds since the epoch. */
  readonly since: number;
  /** The number up to which they had seen the log. */
  readonly seq: number;
  /** What they had seen. */
  readonly seen: Y.Snapshot;
  /** What they wrote themselves while the others did not see it, as Yjs updates. */
  readonly own: readonly Uint8Array[];
}

export interface AbsencesOptions {
  doc: Y.Doc;
  /** Where it is kept when the page is closed; undefined: nowhere. */
  store: AbsenceStore | undefined;
  /** The number up to which the document holds the log. */
  seq(): number;
  /** The edits made here that the server does not have, merged; null: there are none. */
  unsent(): Uint8Array | null;
}

/** Who was away for less has not missed the others. */
const MIN_ABSENCE_MS = 10_000;
/** What is kept follows the document at this distance, or more: reading all that was ever deleted takes a while. */
const MIN_SAVE_DELAY_MS = 1_000;
const SAVE_DELAY_PER_COST = 50;

/**
 * Knows since when the person here has not seen what others do, because the server was out of reach or the page was
 * closed, and what they had seen until then.
 */
export class Absences {
  readonly #options: AbsencesOptions;
  #present: Absence | undefined;
  /** The document is complete: what it holds has been seen. */
  #isComplete = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delayMs = MIN_SAVE_DELAY_MS;
  #isKept = true;
  #stopped = false;

  constructor(options: AbsencesOptions) {
    this.#options = options;
  }

  /** Goes on where the page was closed. */
  async load(): Promise<void> {
    const record = await this.#options.store?.load().catch(() => undefined);
    if (record === undefined) return;
    try {
      const seen = Y.decodeSnapshot(record.seen);
      this.#present = { ...record, seen, own: record.own === null ? [] : [record.own] };
    } catch {
      // Storage gave back something else than what was put there.
    }
  }

  /** Others cannot be seen from now on. */
  begin(): void {
    if (!this.#isComplete) return;
    this.#present ??= this.#now();
    this.#changed();
  }

  /** An edit was made here, or one that was made here earlier has come to light. */
  wrote(update: Uint8Array): void {
    if (this.#present !== undefined) {
      this.#present = { ...this.#present, own: [...this.#present.own, update] };
    }
    this.#changed();
  }

  /** The others have written. */
  sawOthers(): void {
    this.#changed();
  }

  /**
   * The document is complete up to the end of the log.
   *
   * @returns the absence that ends with that; null: there was none worth mentioning, or nobody did anything meanwhile
   */
  end(): Absence | null {
    const absence = this.#present;
    this.#present = undefined;
    this.#isComplete = true;
    this.#changed();
    if (absence === undefined || Date.now() - absence.since < MIN_ABSENCE_MS) return null;
    return hasChanged(this.#options.doc, absence) ? absence : null;
  }

  /** Keeps what there is to know, if the page is closed. Without room for it nothing is kept. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { store } = this.#options;
    if (store === undefined || this.#isKept || this.#stopped) return;
    if (this.#present === undefined && !this.#isComplete) return;
    this.#isKept = true;
    const startedAt = performance.now();
    const absence = this.#present ?? this.#now();
    const own = absence.own.length === 0 ? null : mergeAll(absence.own);
    if (own !== null && this.#present !== undefined) this.#present = { ...absence, own: [own] };
    const { since, seq } = absence;
    const record = { since, seq, seen: Y.encodeSnapshot(absence.seen), own };
    this.#delayMs = Math.max(MIN_SAVE_DELAY_MS, SAVE_DELAY_PER_COST * (performance.now() - startedAt));
    await store.save(record).catch(() => {});
  }

  /** The person has lost the document. */
  async discard(): Promise<void> {
    this.stop();
    this.#present = undefined;
    await this.#options.store?.remove().catch(() => {});
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Goes on after {@link stop}. */
  resume(): void {
    this.#stopped = false;
  }

  #now(): Absence {
    const { doc, seq, unsent } = this.#options;
    const own = unsent();
    return { since: Date.now(), seq: seq(), seen: Y.snapshot(doc), own: own === null ? [] : [own] };
  }

  #changed(): void {
    this.#isKept = false;
    if (this.#stopped || this.#options.store === undefined) return;
    this.#timer ??= setTimeout(() => void this.save(), this.#delayMs);
  }
}

/** Whether a document holds anything that was neither seen nor written by who was absent. */
function hasChanged(doc: Y.Doc, { seen, own }: Absence): boolean {
  const known = new Map(seen.sv);
  for (const update of own) {
    for (const [client, clock] of Y.parseUpdateMeta(update).to) {
      known.set(client, Math.max(clock, known.get(client) ?? 0));
    }
  }
  const deleted = Y.mergeDeleteSets([seen.ds, ...own.map(update => Y.decodeUpdate(update).ds)]);
  return !Y.equalSnapshots(Y.createSnapshot(deleted, known), Y.snapshot(doc));
}
