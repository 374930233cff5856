import { workerData } from 'node:worker_threads';
import { openDatabase } from '../db/sqlite/open.ts';
import { oneByOne, serve } from '../threads/serve.ts';
import { type Append, type Appended, LogWriter, type Refused } from './writer.ts';

/** Appends that share a commit. */
export type WriterRequest = readonly Append[];
export type WriterAnswer = readonly (Appended | Refused)[];

serve<WriterRequest>(() => {
  const database = openDatabase((workerData as { dataDir: string }).dataDir);
  // The checkpointer's business: a commit must not be held up by it.
  database.pragma('wal_autocheckpoint = 0');
  const writer = new LogWriter(database);
  return {
    answer: oneByOne((appends): WriterAnswer => writer.commit(appends)),
    close: () => database.close(),
  };
});
