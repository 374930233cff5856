import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** How long a thread waits for another thread's write transaction before it gives up. */
const BUSY_TIMEOUT_MS = 10_000;

export const databaseFile = (dataDir: string) => join(dataDir, 'cahier.db');

/**
 * Pages that each connection keeps in memory, SQLite's own default. The driver's would be eight times as much for each of
 * five threads, of what the operating system keeps as well.
 */
const CACHE_KIB = 2_000;

/**
 * Opens the database for one thread. Every thread has its own connection: readers never wait for writers (WAL), and
 * a commit has reached the disk when it returns (`synchronous=FULL`).
 *
 * @param busyTimeoutMs - how long it waits for another thread's write transaction. Default: 10 s.
 */
export function openDatabase(dataDir: string, { busyTimeoutMs = BUSY_TIMEOUT_MS } = {}): Database.Database {
  const database = new Database(databaseFile(dataDir), { timeout: busyTimeoutMs });
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('foreign_keys = ON');
  database.pragma(`cache_size = -${CACHE_KIB}`);
  return database;
}

/**
 * Takes the data directory for this process until the returned handle is closed or the process ends, however it
 * ends: the operating system drops the lock with the process.
 *
 * @throws Error when another process has it, or nothing can be written there
 */
export function lockDataDir(dataDir: string): { close(): void } {
  // SQLite would open what it cannot write for reading, and never try again once the disk has been mended.
  accessSync(dataDir, constants.W_OK);
  const lock = new Database(join(dataDir, 'cahier.lock'), { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code === 'SQLITE_BUSY') {
      throw new Error('DATA_DIR is in use by another running server');
    }
    throw error;
  }
  return lock;
}
