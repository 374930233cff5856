import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { HubError } from '../../diagnostics/errors.ts';
import {
  type CallName,
  type HistoryCalls,
  type HistoryThreadData,
  type Message,
  type Opened,
  revive,
} from './messages.ts';

// The sources are run as they are while developing and compiled when published.
const ENTRY = new URL(`./history.worker${extname(import.meta.url)}`, import.meta.url);

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's end of a history thread. Every call settles, also when the thread ends. */
export class HistoryThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited = Promise.withResolvers<void>();
  /** Resolves when the history is open; rejects with a HubError `history_locked` or `history_unusable`. */
  readonly opened: Promise<Opened>;
  #lastCall = 0;
  #isOver = false;

  constructor(data: HistoryThreadData) {
    this.#worker = new Worker(ENTRY, { workerData: data });
    let failure = new HubError('transport_unavailable', 'The thread of the history has ended');
    this.opened = new Promise((resolve, reject) => {
      this.#worker.on('message', (message: Message) => {
        switch (message.kind) {
          case 'opened':
            resolve(message.opened);
            break;
          case 'refused':
            reject(revive(message.failure));
            break;
          case 'answer':
            this.#take(message.id)?.resolve(message.value as never);
            break;
          case 'failure':
            this.#take(message.id)?.reject(revive(message.failure));
            break;
        }
      });
      this.#worker.on('error', (error: Error) => {
        failure = new HubError('transport_unavailable', `The thread of the history failed: ${error.message}`);
      });
      this.#worker.on('exit', () => {
        this.#isOver = true;
        reject(failure);
        for (const id of [...this.#waiting.keys()]) this.#take(id)?.reject(failure);
        this.#exited.resolve();
      });
    });
    // Whoever has given up waiting for it hears of the failure from its calls.
    this.opened.catch(() => {});
  }

  call<Name extends CallName>(
    name: Name,
    ...[request]: Parameters<HistoryCalls[Name]>
  ): Promise<ReturnType<HistoryCalls[Name]>> {
    if (this.#isOver) {
      return Promise.reject(new HubError('transport_unavailable', 'The thread of the history has ended'));
    }
    const id = ++this.#lastCall;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, name, request });
    });
  }

  /** Lets the thread answer what it has been asked, close the file, and end. */
  async close(): Promise<void> {
    this.#worker.postMessage('close');
    await this.#exited.promise;
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
