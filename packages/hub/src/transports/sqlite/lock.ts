import Database from 'better-sqlite3';
import { inspect } from './inspect.ts';

/**
 * Takes a history file for this process until the returned handle is closed or the process ends, however it ends: the
 * operating system drops the lock with the process. Two hubs on one file would not hear of each other's updates.
 *
 * @throws HubError `history_locked` or `history_unusable`
 */
export function lockHistory(file: string): { close(): void } {
  return inspect(file, () => {
    const lock = new Database(`${file}.lock`, { timeout: 0 });
    try {
      lock.pragma('locking_mode = EXCLUSIVE');
      lock.exec('begin exclusive');
      return lock;
    } catch (error) {
      lock.close();
      throw error;
    }
  });
}
