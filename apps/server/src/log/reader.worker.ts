import { randomUUID } from 'node:crypto';
import { workerData } from 'node:worker_threads';
import type { ComparisonVerdict, LogPage } from '@cahier/protocol';
import { openDatabase } from '../db/sqlite/open.ts';
import { oneByOne, serve } from '../threads/serve.ts';
import { LogDigests } from './digests.ts';
import { LogReader } from './reader.ts';

export interface PageRequest {
  readonly documentId: string;
  readonly after: number;
  /** Goes into the page as it is. */
  readonly cursor: string;
}

export interface CompareRequest {
  readonly documentId: string;
  readonly seq: number;
  readonly digest: string;
}

export type ReaderRequest = PageRequest | CompareRequest;

/** Elements that are remembered of documents compared last, over all of them; some 100 bytes each. */
const MAX_REMEMBERED = 200_000;

const encoder = new TextEncoder();

/** Whoever has read under another one may have seen what a power cut has taken away since. */
const epoch = randomUUID();

// Pages leave as finished JSON: encoding megabytes of base64 is work that the event loop need not do.
serve<ReaderRequest>(() => {
  const database = openDatabase((workerData as { dataDir: string }).dataDir);
  const reader = new LogReader(database);
  const digests = new LogDigests(database, MAX_REMEMBERED);
  const answerOne = (request: ReaderRequest): Uint8Array | ComparisonVerdict => {
    if ('digest' in request) return digests.compare(request.documentId, request.seq, request.digest);
    const { documentId, after, cursor } = request;
    const page: LogPage = { ...reader.page(documentId, after), cursor, epoch };
    return encoder.encode(JSON.stringify(page));
  };
  return {
    answer: oneByOne(answerOne, value => (value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [])),
    close: () => database.close(),
  };
});
