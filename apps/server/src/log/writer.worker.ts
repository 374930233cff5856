import { workerData } from 'node:worker_threads';
import { oneByOne, serve } from '../threads/serve.ts';
import { openForAppending } from './open-for-appending.ts';
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
  const database = openForAppending((workerData as { dataDir: string }).dataDir);
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
