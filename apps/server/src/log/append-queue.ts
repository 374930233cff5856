import { CommitPace } from './commit-pace.ts';
import type { Append, Outcome } from './writer.ts';

/** One commit takes no more than this at once, so that the first to ask does not wait for megabytes of others. */
const MAX_COMMIT_BYTES = 8 * 1024 * 1024;

interface AppendQueueOptions {
  /** Commits a group. */
  readonly commit: (appends: readonly Append[]) => Promise<readonly Outcome[]>;
  /** Resolves when what has been committed is on the disk. Default: it is there when `commit` resolves. */
  readonly reachDisk?: () => Promise<void>;
  /** Called with each group that has been committed, and with what became of it, at once. */
  readonly onCommitted?: (appends: readonly Append[], outcomes: readonly Outcome[]) => void;
}

interface Waiting {
  readonly append: Append;
  readonly settle: PromiseWithResolvers<Outcome>;
}

/** The group commit: whatever arrives while one commit is under way shares the next one. */
export class AppendQueue {
  /** Commits begun, and appends in them. */
  readonly stats = { commits: 0, appends: 0 };
  readonly #commit: AppendQueueOptions['commit'];
  readonly #reachDisk: () => Promise<void>;
  readonly #onCommitted: AppendQueueOptions['onCommitted'];
  readonly #pace = new CommitPace();
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** Until the last group committed so far is on the disk. */
  #settling: Promise<void> = Promise.resolve();

  constructor({ commit, reachDisk = async () => {}, onCommitted }: AppendQueueOptions) {
    this.#commit = commit;
    this.#reachDisk = reachDisk;
    this.#onCommitted = onCommitted;
  }

  /** Resolves once what was appended, if it was, is on disk; rejects when the writer is not there any more. */
  append(append: Append): Promise<Outcome> {
    const settle = Promise.withResolvers<Outcome>();
    this.#waiting.push({ append, settle });
    this.#running ??= this.#run();
    return settle.promise;
  }

  /** Resolves when everything appended so far has been settled. */
  async drain(): Promise<void> {
    await this.#running;
    await this.#settling;
  }

  async #run(): Promise<void> {
    // Those who ask in the same turn of the event loop go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const begunAt = performance.now();
      const group = this.#takeGroup();
      await this.#commitGroup(group);
      const waitMs = begunAt + this.#pace.intervalMs(group.length, begunAt) - performance.now();
      if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs));
    }
    this.#running = undefined;
  }

  #takeGroup(): Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { append } of this.#waiting) {
      bytes += append.bytes.length;
      if (count > 0 && bytes > MAX_COMMIT_BYTES) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #commitGroup(group: readonly Waiting[]): Promise<void> {
    this.stats.commits++;
    this.stats.appends += group.length;
    try {
      const appends = group.map(({ append }) => append);
      const outcomes = await this.#commit(appends);
      this.#onCommitted?.(appends, outcomes);
      // The next group need not wait for the disk.
      this.#settling = this.#settle(group, outcomes);
    } catch (error) {
      for (const { settle } of group) settle.reject(error);
    }
  }

  async #settle(group: readonly Waiting[], outcomes: readonly Outcome[]): Promise<void> {
    try {
      await this.#reachDisk();
      for (const [index, { settle }] of group.entries()) settle.resolve(outcomes[index] as Outcome);
    } catch (error) {
      for (const { settle } of group) settle.reject(error);
    }
  }
}
