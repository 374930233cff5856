import type { Logger } from 'pino';
import { Thread } from '../threads/thread.ts';
import type { Checkpointed } from './checkpoint.worker.ts';

const entry = new URL('./checkpoint.worker.ts', import.meta.url);

/** What an append takes in the write-ahead log beside its own bytes: five pages that it changes. */
const BYTES_PER_APPEND = 5 * 4096;

/** As much as SQLite lets gather itself. */
const CHECKPOINT_AFTER_BYTES = 4 * 1024 * 1024;

/**
 * Moves what has been committed from SQLite's write-ahead log into the database, in a thread of its own: the log writer,
 * for which SQLite would do it in the middle of every two hundredth commit or so, is not held up.
 */
export class Checkpointer {
  readonly #dataDir: string;
  readonly #logger: Logger;
  #thread: Thread<'checkpoint', Checkpointed> | undefined;
  #bytes = 0;
  #working: Promise<void> | undefined;
  #closing = false;

  constructor(dataDir: string, logger: Logger) {
    this.#dataDir = dataDir;
    this.#logger = logger;
  }

  /** Says what has been committed; now and then it is moved. */
  committed(appends: readonly { readonly bytes: Uint8Array }[]): void {
    for (const { bytes } of appends) this.#bytes += BYTES_PER_APPEND + bytes.length;
    if (this.#bytes < CHECKPOINT_AFTER_BYTES || this.#working || this.#closing) return;
    this.#bytes = 0;
    this.#working = this.#checkpoint();
  }

  /** Resolves when what is being moved has been. */
  async idle(): Promise<void> {
    await this.#working;
  }

  /** SQLite itself moves what is left when the database is closed. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#working;
    await this.#thread?.close();
  }

  async #checkpoint() {
    this.#thread ??= new Thread(entry, {
      data: { dataDir: this.#dataDir },
      onCrash: () => {
        this.#thread = undefined;
      },
    });
    try {
      const { isComplete } = await this.#thread.call('checkpoint');
      if (!isComplete) this.#logger.debug('somebody still reads what is in the write-ahead log');
    } catch (error) {
      // Nothing is lost: everything is in the write-ahead log. It is tried again when as much has been written.
      this.#logger.error({ error }, 'the write-ahead log could not be moved into the database');
    } finally {
      this.#working = undefined;
    }
  }
}
