import { Kysely } from 'kysely';
import { Thread } from '../threads/thread.ts';
import { migrate } from './migrations.ts';
import type { Db, Tables } from './schema.ts';
import { sqliteThreadDialect } from './sqlite/dialect.ts';
import type { Query, QueryOutcome } from './sqlite/query.worker.ts';

const entry = new URL('./sqlite/query.worker.ts', import.meta.url);

/**
 * Opens the database in its own thread, makes it if need be, and brings it to the newest schema.
 *
 * @param onCrash - called when the thread ends unexpectedly; nothing works from then on
 * @throws Error when the data directory is in use, cannot be written, or holds something else
 */
export async function openDb(dataDir: string, onCrash: (error: Error) => void): Promise<Db> {
  const thread = new Thread<Query, QueryOutcome>(entry, { data: { dataDir }, onCrash });
  await thread.ready;
  const db = new Kysely<Tables>({ dialect: sqliteThreadDialect(thread) });
  try {
    await migrate(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}
