import { parentPort } from 'node:worker_threads';
import { describe, type Reply } from './messages.ts';

export interface Call<Request> {
  readonly id: number;
  readonly request: Request;
}

interface Service<Request> {
  /** Answers calls, all that have arrived since the last time, in their order. It never throws. */
  readonly answer: (calls: Call<Request>[]) => { replies: Reply[]; transfer?: ArrayBuffer[] };
  readonly close: () => void;
}

/**
 * Runs the body of a worker thread: opens a service, answers the calls of the main thread, closes it when asked.
 * What arrives while the service is at work is handed over together.
 */
export function serve<Request>(open: () => Service<Request>): void {
  const port = parentPort;
  if (!port) throw new Error('This module is the entry of a worker thread');

  let service: Service<Request>;
  try {
    service = open();
  } catch (error) {
    port.postMessage({ failed: describe(error) });
    return;
  }
  let calls: Call<Request>[] = [];
  let closing = false;
  let scheduled = false;

  const work = () => {
    scheduled = false;
    const taken = calls;
    calls = [];
    if (taken.length > 0) {
      const { replies, transfer } = service.answer(taken);
      port.postMessage(replies, transfer ?? []);
    }
    if (closing && calls.length === 0) {
      service.close();
      port.close();
    }
  };
  port.on('message', (message: Call<Request> | 'close') => {
    if (message === 'close') closing = true;
    else calls.push(message);
    // After this turn of the event loop everything that is waiting in the port has been delivered.
    if (!scheduled) {
      scheduled = true;
      setImmediate(work);
    }
  });
  port.postMessage('ready');
}

/** Answers each call by itself. */
export function oneByOne<Request>(
  handle: (request: Request) => unknown,
  transferOf: (value: unknown) => ArrayBuffer[] = () => [],
) {
  return (calls: Call<Request>[]) => {
    const transfer: ArrayBuffer[] = [];
    const replies = calls.map(({ id, request }): Reply => {
      try {
        const value = handle(request);
        transfer.push(...transferOf(value));
        return { id, value };
      } catch (error) {
        return { id, failure: describe(error) };
      }
    });
    return { replies, transfer };
  };
}
