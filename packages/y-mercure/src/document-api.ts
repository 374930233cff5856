import {
  type ApiClient,
  type ComparisonVerdict,
  type Difference,
  type LogPage,
  type Presence,
  RequestError,
  type SendPresence,
} from '@cahier/protocol';
import { toBase64 } from 'lib0/buffer';
import type { StreamConnection } from './hub-stream.ts';

/** The part of the API that concerns one document. Every request is given up as `unreachable` when it takes too long. */
export interface DocumentApi {
  /** Gives the batch's sequence number once it is committed. */
  sendUpdate(batch: string, update: Uint8Array, keepalive: boolean): Promise<number>;
  readLog(after: number): Promise<LogPage>;
  /** Asks whether a document with this digest is what the log holds up to `seq`; `mended`: what this is the proof of. */
  compare(seq: number, digest: string, mended: Difference | null): Promise<ComparisonVerdict>;
  /** Gives everybody who is here. */
  sendPresence(report: SendPresence, keepalive: boolean): Promise<readonly Presence[]>;
}

const REQUEST_DEADLINE_MS = 30_000;
/** A page of the log may be large. */
const READ_DEADLINE_MS = 120_000;
/** Sending is given the time that the slowest network worth waiting for would take. */
const SLOWEST_BYTES_PER_MS = 8;

export function createDocumentApi(api: ApiClient, documentId: string): DocumentApi {
  const params = { documentId };
  return {
    async sendUpdate(batch, update, keepalive) {
      const body = { batch, update: toBase64(update) };
      const deadlineMs = REQUEST_DEADLINE_MS + body.update.length / SLOWEST_BYTES_PER_MS;
      const { seq } = await withDeadline(deadlineMs, signal =>
        api.sendUpdate({ params, body }, { signal, keepalive }),
      );
      return seq;
    },
    readLog: after =>
      withDeadline(READ_DEADLINE_MS, signal => api.readLog({ params, query: { after } }, { signal })),
    async compare(seq, digest, mended) {
      const body = { seq, digest, mended };
      const { verdict } = await withDeadline(REQUEST_DEADLINE_MS, signal =>
        api.compareDocument({ params, body }, { signal }),
      );
      return verdict;
    },
    async sendPresence(body, keepalive) {
      const { presences } = await withDeadline(REQUEST_DEADLINE_MS, signal =>
        api.sendPresence({ params, body }, { signal, keepalive }),
      );
      return presences;
    },
  };
}

/** The part of the API that concerns streams. */
export function createStreamApi(
  api: ApiClient,
): Pick<StreamConnection, 'requestSubscription' | 'requestEcho'> {
  return {
    requestSubscription: (documents, signal) =>
      withDeadline(REQUEST_DEADLINE_MS, deadline =>
        api.subscribe(
          { body: { documents: [...documents] } },
          { signal: AbortSignal.any([signal, deadline]) },
        ),
      ),
    requestEcho: (connection, nonce) =>
      withDeadline(REQUEST_DEADLINE_MS, signal =>
        api.requestEcho({ body: { connection, nonce } }, { signal }),
      ),
  };
}

async function withDeadline<T>(
  deadlineMs: number,
  request: (deadline: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(
    () => deadline.abort(new RequestError('unreachable', 'The server did not answer in time')),
    deadlineMs,
  );
  try {
    return await request(deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}
