import { workerData } from 'node:worker_threads';
import { openDatabase } from '../db/sqlite/open.ts';
import { oneByOne, serve } from '../threads/serve.ts';

/** What is committed during one round is left for the next; each has less to do than the one before. */
const MAX_ROUNDS = 10;

export interface Checkpointed {
  /** Whether everything in the write-ahead log is in the database, so that it will be written from its start again. */
  readonly isComplete: boolean;
}

serve<'checkpoint'>(() => {
  const database = openDatabase((workerData as { dataDir: string }).dataDir);
  return {
    answer: oneByOne((): Checkpointed => {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        // Passive: it waits for nobody, and nobody for it (sqlite.org/pragma.html#pragma_wal_checkpoint).
        const [pages] = database.pragma('wal_checkpoint(PASSIVE)') as { log: number; checkpointed: number }[];
        if (pages?.log === pages?.checkpointed) return { isComplete: true };
      }
      return { isComplete: false };
    }),
    close: () => database.close(),
  };
});
