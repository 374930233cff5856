import type { Append, Appended, Refused } from './writer.ts';
import type { WriterAnswer, WriterRequest } from './writer.worker.ts';

/** One commit takes no more than this at once, so that the first to ask does not wait for megabytes of others. */
const MAX_COMMIT_BYTES = 8 * 1024 * 1024;

/**
 * How soon one commit may follow another: the sooner, the fewer had to share it. An idle server commits at once; a busy
 * one gathers, since a commit costs about the same however much is in it.
 */
const MIN_COMMIT_INTERVAL_MS = 4;
const INTERVAL_PER_APPEND_MS = 3;
const MAX_COMMIT_INTERVAL_MS = 12;

interface Waiting {
  readonly append: Append;
  readonly settle: PromiseWithResolvers<Appended | Refused>;
}

interface AppendQueueOptions {
  /** Commits a group; resolves when it has reached the disk. */
  readonly commit: (appends: WriterRequest) => Promise<WriterAnswer>;
}

/**
 * The group commit: whatever arrives while one commit is under way shares the next one, and with it a message to the
 * log writer's thread and back.
 */
export class AppendQueue {
  /** Commits begun, and appends in them. */
  readonly stats = { commits: 0, appends: 0 };
  readonly #commit: AppendQueueOptions['commit'];
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;

  constructor({ commit }: AppendQueueOptions) {
    this.#commit = commit;
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
      const waitMs = begunAt + intervalMs(group.length) - performance.now();
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
      const results = await this.#commit(group.map(({ append }) => append));
      for (const [index, { settle }] of group.entries()) settle.resolve(results[index] as Appended | Refused);
    } catch (error) {
      for (const { settle } of group) settle.reject(error);
    }
  }
}

const intervalMs = (appends: number) =>
  Math.min(MIN_COMMIT_INTERVAL_MS + INTERVAL_PER_APPEND_MS * (appends - 1), MAX_COMMIT_INTERVAL_MS);
