import { workerData } from 'node:worker_threads';
import type { LogPage } from '@cahier/protocol';
import { openDatabase } from '../db/sqlite/open.ts';
import { oneByOne, serve } from '../threads/serve.ts';
import { LogReader } from './reader.ts';

export interface PageRequest {
  readonly documentId: string;
  readonly after: number;
  /** Goes into the page as it is. */
  readonly cursor: string;
}

const encoder = new TextEncoder();

// Pages leave as finished JSON: encoding megabytes of base64 is work that the event loop need not do.
serve<PageRequest>(() => {
  const database = openDatabase((workerData as { dataDir: string }).dataDir);
  const reader = new LogReader(database);
  return {
    answer: oneByOne(
      ({ documentId, after, cursor }): Uint8Array => {
        const page: LogPage = { ...reader.page(documentId, after), cursor };
        return encoder.encode(JSON.stringify(page));
      },
      value => [(value as Uint8Array<ArrayBuffer>).buffer],
    ),
    close: () => database.close(),
  };
});
