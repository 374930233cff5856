import { CommitPace } from './commit-pace.ts';
import type { Append, Appended, Refused } from './writer.ts';
import type { WriterAnswer, WriterRequest } from './writer.worker.ts';

/** One commit takes no more than this at once, so that the first to ask does not wait for megabytes of others. */
const MAX_COMMIT_BYTES = 8 * 1024 * 1024;

interface AppendQueueOptions {
  /** Commits a group; resolves when it has reached the disk. */
  readonly commit: (appends: WriterRequest) => Promise<WriterAnswer>;
  /** Called with each group that has been committed, and with what became of it, before those who wait are told. */
  readonly onCommitted?: (appends: WriterRequest, results: WriterAnswer) => void;
}

interface Waiting {
  readonly append: Append;
  readonly settle: PromiseWithResolvers<Appended | Refused>;
}

/**
 * The group commit: whatever arrives while one commit is under way shares the next one, and with it a message to the
 * log writer's thread and back.
 */
export class AppendQueue {
  /** Commits begun, and appends in them. */
  readonly stats = { commits: 0, appends: 0 };
  readonly #commit: AppendQueueOptions['commit'];
  readonly #onCommitted: AppendQueueOptions['onCommitted'];
  readonly #pace = new CommitPace();
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor({ commit, onCommitted }: AppendQueueOptions) {
    this.#commit = commit;
    this.#onCommitted = onCommitted;
  }

  /** Resolves once what was appended, if it was, is on disk; rejects when the writer is not there any more. */
  append(append: Append): Promise<Appended | Refused> {
    const settle = Promise.withResolvers<Appended | Refused>();
    this.#waiting.push({ append, settle });
    this.#running ??= this.#run();
    return settle.promise;
  }

  /** Resolves when everything appended so far has been settled. */
  async drain(): Promise<void> {
    await this.#running;
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
      const results = await this.#commit(appends);
      this.#onCommitted?.(appends, results);
      for (const [index, { settle }] of group.entries()) settle.resolve(results[index] as Appended | Refused);
    } catch (error) {
      for (const { settle } of group) settle.reject(error);
    }
  }
}
