import { workerData } from 'node:worker_threads';
import { openDatabase } from '../db/sqlite/open.ts';
import { oneByOne, serve } from '../threads/serve.ts';
import { Snapshots } from './snapshots.ts';

export interface SnapshotRequest {
  readonly documentId: string;
}

serve<SnapshotRequest>(() => {
  const database = openDatabase((workerData as { dataDir: string }).dataDir);
  const snapshots = new Snapshots(database);
  return {
    answer: oneByOne(({ documentId }) => snapshots.make(documentId)),
    close: () => database.close(),
  };
});
