import type { CopyStore, DocumentCopy } from './copies.ts';

/** The copy follows the document at this distance, or more: writing a large one takes a while. */
const MIN_DELAY_MS = 1_000;
const BYTES_PER_MS = 100;
const MAX_DELAY_MS = 30_000;

/**
 * Keeps the copy of a document up to date. It may lag behind: what is missing from it is read from the log, and edits
 * made here are in the queue until the server has them.
 */
export class CopyKeeper {
  readonly #store: CopyStore;
  readonly #take: () => DocumentCopy | null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delayMs = MIN_DELAY_MS;
  #isCurrent = true;
  #stopped = false;

  /** @param take - the document as the server has it; null: it is not so at the moment */
  constructor(store: CopyStore, take: () => DocumentCopy | null) {
    this.#store = store;
    this.#take = take;
  }

  load(): Promise<DocumentCopy | undefined> {
    return this.#store.load().catch(() => undefined);
  }

  /** The document, or what the server has of it, has changed. */
  changed(): void {
    this.#isCurrent = false;
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => void this.save(), this.#delayMs);
  }

  /** Writes what has changed. Without room for it the copy stays as old as it is. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isCurrent || this.#stopped) return;
    const copy = this.#take();
    if (copy === null) return;
    this.#isCurrent = true;
    this.#delayMs = Math.min(MAX_DELAY_MS, Math.max(MIN_DELAY_MS, copy.update.length / BYTES_PER_MS));
    await this.#store.save(copy).catch(() => {});
  }

  /** The person has lost the document: so has this browser. */
  async discard(): Promise<void> {
    this.stop();
    await this.#store.remove().catch(() => {});
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
}
