import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Failure, type Reply, revive } from './messages.ts';

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

interface ThreadOptions {
  /** Passed to the thread as its `workerData`. */
  readonly data: unknown;
  /**
   * Called once when the thread, having been ready, ends without having been asked to. Calls in flight have been
   * rejected by then.
   */
  readonly onCrash: (error: Error) => void;
}

/**
 * A worker thread that answers calls. Calls are answered in whatever order the thread chooses; every call settles,
 * also when the thread ends.
 */
export class Thread<Request, Response> {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  /** Resolves once the thread has opened what it works on; rejects when it could not. */
  readonly ready: Promise<void>;
  #nextId = 1;
  #ended: Error | undefined;
  #closing = false;

  constructor(entry: URL, { data, onCrash }: ThreadOptions) {
    this.#worker = new Worker(entry, { workerData: data });
    let failure: Error | undefined;
    let isReady = false;
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: Reply[] | 'ready' | { failed: Failure }) => {
        if (message === 'ready') {
          isReady = true;
          resolve();
        } else if (Array.isArray(message)) this.#settle(message);
        // Under `node --watch` the runtime itself says which files the thread has loaded.
        else if ('failed' in message) failure = revive(message.failed);
      });
      this.#worker.on('error', error => {
        failure ??= error as Error;
      });
      this.#worker.on('exit', () => {
        this.#ended = failure ?? new Error('The thread has ended');
        reject(this.#ended);
        for (const waiting of this.#waiting.values()) waiting.reject(this.#ended);
        this.#waiting.clear();
        if (isReady && !this.#closing) onCrash(this.#ended);
      });
    });
    // Every call is rejected too; nobody has to await `ready`.
    this.ready.catch(() => {});
  }

  /** How many calls have not been answered yet. */
  get pending(): number {
    return this.#waiting.size;
  }

  call<R extends Response>(request: Request, transfer: ArrayBuffer[] = []): Promise<R> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#nextId++;
    return new Promise<R>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.#worker.postMessage({ id, request }, transfer);
    });
  }

  /** Lets the thread finish the calls it has received, close what it holds, and end. */
  async close(): Promise<void> {
    if (this.#ended) return;
    if (!this.#closing) {
      this.#closing = true;
      this.#worker.postMessage('close');
    }
    await once(this.#worker, 'exit');
  }

  /** Ends the thread at once, whatever it is doing. */
  async terminate(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
  }

  #settle(replies: Reply[]) {
    for (const reply of replies) {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('failure' in reply) waiting?.reject(revive(reply.failure));
      else waiting?.resolve(reply.value as never);
    }
  }
}
