import { randomUUID } from 'node:crypto';
import type { Role } from '@cahier/protocol';
import type { Database } from 'better-sqlite3';
import { pino } from 'pino';
import { openDb } from '../src/db/index.ts';
import { openDatabase } from '../src/db/sqlite/open.ts';
import type { Append, Appended, Refused } from '../src/log/writer.ts';
import { temporaryDirectory } from './support.ts';

export const silent = pino({ level: 'silent' });

export interface LogFixture extends AsyncDisposable {
  readonly dataDir: string;
  readonly database: Database;
  /** Makes an empty document of the one user, in this role; gives its id. */
  document(role?: Role): string;
  /** An append of these bytes by the one user, under a new batch id. */
  append(documentId: string, bytes: Uint8Array): Append;
}

/** A migrated database with one user, for the parts of the log in this thread. */
export async function openLogFixture(): Promise<LogFixture> {
  const directory = await temporaryDirectory();
  const db = await openDb(directory.path, error => {
    throw error;
  });
  await db.destroy();
  const database = openDatabase(directory.path);
  const userId = randomUUID();
  database
    .prepare('insert into users (id, email, name, password_hash, created_at) values (?, ?, ?, ?, ?)')
    .run(userId, 'somebody@example.org', 'Somebody', '', 0);
  return {
    dataDir: directory.path,
    database,
    document(role = 'owner') {
      const id = randomUUID();
      database
        .prepare('insert into documents (id, title, created_at, updated_at) values (?, ?, ?, ?)')
        .run(id, '', 0, 0);
      database.prepare('insert into members values (?, ?, ?, ?)').run(id, userId, role, 0);
      return id;
    },
    append: (documentId, bytes) => ({ documentId, userId, batch: randomUUID(), bytes }),
    async [Symbol.asyncDispose]() {
      database.close();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** The numbers of what was appended, the codes of what was refused. */
export const outcomes = (results: readonly (Appended | Refused)[]) =>
  results.map(result => ('code' in result ? result.code : result.seq));
