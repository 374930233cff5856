import { type FileHandle, open } from 'node:fs/promises';

type SyncedFile = Pick<FileHandle, 'datasync' | 'close'>;

/**
 * Brings what has been committed from the system's memory to the disk, in the thread pool of the process. A commit with
 * SQLite's `synchronous=NORMAL` writes the write-ahead log and does not wait for the disk: it survives the end of
 * the process, and with {@link reached} the end of the machine, too.
 */
export class DiskSync {
  readonly #file: SyncedFile;
  /** Whether something may have been committed that no sync has begun for; at first nobody knows. */
  #isBehind = true;
  /** Syncs from their request to their end, the last one first. */
  #latest: Promise<void> | undefined;
  #hasLatestBegun = false;

  constructor(file: SyncedFile) {
    this.#file = file;
  }

  /**
   * @param file - the write-ahead log of a database that is open: SQLite keeps the file as long as anybody has it open,
   *   and takes no lock on it that closing a descriptor could drop (sqlite.org/howtocorrupt.html, section 2.2)
   * @throws Error when it is not there or cannot be written
   */
  static async open(file: string): Promise<DiskSync> {
    // Windows syncs only what is open for writing.
    return new DiskSync(await open(file, 'r+'));
  }

  /** Something has been committed. */
  committed(): void {
    this.#isBehind = true;
  }

  /**
   * Resolves when what was committed before the call is on the disk. Whoever calls before a sync has begun shares it; one
   * begins when the one before is over.
   *
   * @throws Error when the system cannot say so; what has become of it is not known then, and will not be
   */
  reached(): Promise<void> {
    if (this.#latest === undefined) {
      if (!this.#isBehind) return Promise.resolve();
      this.#latest = this.#sync();
    } else if (this.#hasLatestBegun && this.#isBehind) {
      const begin = () => this.#sync();
      this.#latest = this.#latest.then(begin, begin);
      this.#hasLatestBegun = false;
    }
    return this.#latest;
  }

  /** To be called when nothing is awaited any more. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  async #sync(): Promise<void> {
    this.#hasLatestBegun = false;
    // Where processors are few, the thread that waits for the disk begins in place of this one: what this turn of the
    // event loop has to tell goes out first.
    await new Promise(setImmediate);
    const latest = this.#latest;
    this.#hasLatestBegun = true;
    this.#isBehind = false;
    try {
      await this.#file.datasync();
    } catch (error) {
      this.#isBehind = true;
      throw error;
    } finally {
      if (this.#latest === latest) this.#latest = undefined;
    }
  }
}
