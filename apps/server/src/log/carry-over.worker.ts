import { workerData } from 'node:worker_threads';
import { openDatabase } from '../db/sqlite/open.ts';
import { oneByOne, serve } from '../threads/serve.ts';
import { carryOver } from './carry-over.ts';

serve<'carryOver'>(() => {
  const database = openDatabase((workerData as { dataDir: string }).dataDir);
  return {
    answer: oneByOne(() => carryOver(database)),
    close: () => database.close(),
  };
});
