import { workerData } from 'node:worker_threads';
import type { Statement } from 'better-sqlite3';
import { oneByOne, serve } from '../../threads/serve.ts';
import { lockDataDir, openDatabase } from './open.ts';

export interface Query {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

export interface QueryOutcome {
  readonly rows: unknown[];
  readonly changes?: number;
  readonly insertId?: number | bigint;
}

/** Statements kept prepared; the application's queries are far fewer. */
const MAX_PREPARED = 500;

// Accounts and document metadata: one connection, queries one after the other.
serve<Query>(() => {
  const { dataDir } = workerData as { dataDir: string };
  const lock = lockDataDir(dataDir);
  const database = openDatabase(dataDir);
  const prepared = new Map<string, Statement>();

  const prepare = (sql: string): Statement => {
    let statement = prepared.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      if (prepared.size >= MAX_PREPARED) prepared.clear();
      prepared.set(sql, statement);
    }
    return statement;
  };

  return {
    answer: oneByOne(({ sql, parameters }): QueryOutcome => {
      const statement = prepare(sql);
      if (statement.reader) return { rows: statement.all(parameters) };
      const { changes, lastInsertRowid } = statement.run(parameters);
      return { rows: [], changes, insertId: lastInsertRowid };
    }),
    close: () => {
      database.close();
      lock.close();
    },
  };
});
