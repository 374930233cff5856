import { workerData } from 'node:worker_threads';
import { openDatabase } from '../db/sqlite/open.ts';
import { oneByOne, serve } from '../threads/serve.ts';
import type { KnownVector } from './state-vectors.ts';
import { type Append, LogWriter, type Outcome } from './writer.ts';

/** Appends that share a commit. */
export type WriterRequest = readonly Append[];

export interface WriterAnswer {
  readonly outcomes: readonly Outcome[];
  /** What the documents contain now, where that is soon said. */
  readonly vectors: readonly KnownVector[];
}

/** Documents in which more clients have written are left to this thread. */
const MAX_TOLD_CLIENTS = 2_000;

serve<WriterRequest>(() => {
  const database = openDatabase((workerData as { dataDir: string }).dataDir);
  // The disk is waited for elsewhere, and not by whoever comes next.
  database.pragma('synchronous = NORMAL');
  // The checkpointer's business: a commit must not be held up by it.
  database.pragma('wal_autocheckpoint = 0');
  const writer = new LogWriter(database);
  return {
    answer: oneByOne((appends): WriterAnswer => {
      const outcomes = writer.commit(appends);
      const documentIds = new Set(appends.map(({ documentId }) => documentId));
      return { outcomes, vectors: writer.tellVectors(documentIds, MAX_TOLD_CLIENTS) };
    }),
    close: () => database.close(),
  };
});
