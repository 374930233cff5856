import { workerData } from 'node:worker_threads';
import { openDatabase } from '../db/sqlite/open.ts';
import type { Reply } from '../threads/messages.ts';
import { serve } from '../threads/serve.ts';
import { type Append, LogWriter } from './writer.ts';

/** One commit takes no more than this at once, so that the first to ask does not wait for megabytes of others. */
const MAX_COMMIT_BYTES = 8 * 1024 * 1024;

export type WriterRequest = Append | 'stats';

// The group commit: everything that arrived during the last commit is committed together in the next.
serve<WriterRequest>(() => {
  const database = openDatabase((workerData as { dataDir: string }).dataDir);
  const writer = new LogWriter(database);
  return {
    answer: calls => {
      const replies: Reply[] = [];
      let group: { id: number; request: Append }[] = [];
      let bytes = 0;
      const commit = () => {
        const results = group.length === 0 ? [] : writer.commit(group.map(({ request }) => request));
        replies.push(...group.map(({ id }, index) => ({ id, value: results[index] })));
        group = [];
        bytes = 0;
      };
      for (const { id, request } of calls) {
        if (request === 'stats') {
          commit();
          replies.push({ id, value: { ...writer.stats } });
          continue;
        }
        if (bytes + request.bytes.length > MAX_COMMIT_BYTES) commit();
        group.push({ id, request });
        bytes += request.bytes.length;
      }
      commit();
      return { replies };
    },
    close: () => database.close(),
  };
});
