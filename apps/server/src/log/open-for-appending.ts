import type { Database } from 'better-sqlite3';
import { openDatabase } from '../db/sqlite/open.ts';

/** Opens the database for a {@link LogWriter} whose commits wait neither for the disk nor for checkpoints. */
export function openForAppending(dataDir: string, options?: { busyTimeoutMs: number }): Database {
  const database = openDatabase(dataDir, options);
  // The disk is waited for by DiskSync, together for all who were committed meanwhile.
  database.pragma('synchronous = NORMAL');
  // The checkpointer's business: a commit must not be held up by it.
  database.pragma('wal_autocheckpoint = 0');
  return database;
}
