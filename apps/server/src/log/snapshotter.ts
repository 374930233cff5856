import type { Logger } from 'pino';
import { Thread } from '../threads/thread.ts';
import type { SnapshotRequest } from './snapshot.worker.ts';

const entry = new URL('./snapshot.worker.ts', import.meta.url);

/** Longer than any real document takes; a log that keeps the thread busier than this is given up on. */
const SNAPSHOT_TIMEOUT_MS = 60_000;

/**
 * Makes snapshots in the background, one document after the other, in a thread of its own. A snapshot only makes
 * loading quicker: when one fails, the document is loaded from its log, and it is not tried again until a restart.
 */
export class Snapshotter {
  readonly #dataDir: string;
  readonly #logger: Logger;
  readonly #waiting = new Set<string>();
  readonly #failed = new Set<string>();
  #thread: Thread<SnapshotRequest, number> | undefined;
  #working: Promise<void> | undefined;
  #closing = false;

  constructor(dataDir: string, logger: Logger) {
    this.#dataDir = dataDir;
    this.#logger = logger;
  }

  /** Asks for a snapshot; several requests for the same document become one. */
  request(documentId: string): void {
    if (this.#closing || this.#failed.has(documentId)) return;
    this.#waiting.add(documentId);
    this.#working ??= this.#work();
  }

  /** Resolves when everything asked for so far is done. */
  async idle(): Promise<void> {
    await this.#working;
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#waiting.clear();
    // A snapshot that is being made is not worth waiting for: it is stored in one transaction or not at all.
    await this.#thread?.terminate();
    await this.#working;
  }

  async #work() {
    for (const documentId of this.#waiting) {
      this.#waiting.delete(documentId);
      await this.#make(documentId);
    }
    this.#working = undefined;
  }

  async #make(documentId: string) {
    this.#thread ??= new Thread(entry, {
      data: { dataDir: this.#dataDir },
      onCrash: () => {
        this.#thread = undefined;
      },
    });
    const thread = this.#thread;
    const timer = setTimeout(() => {
      if (this.#thread === thread) this.#thread = undefined;
      thread.terminate();
    }, SNAPSHOT_TIMEOUT_MS);
    try {
      const seq = await thread.call({ documentId });
      this.#logger.debug({ documentId, seq }, 'snapshot made');
    } catch (error) {
      if (this.#closing) return;
      this.#failed.add(documentId);
      this.#logger.error({ documentId, error }, 'no snapshot could be made');
    } finally {
      clearTimeout(timer);
    }
  }
}
