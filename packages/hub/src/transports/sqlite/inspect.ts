import { HubError } from '../../diagnostics/errors.ts';

/**
 * Runs what opens a history file and says in the hub's own terms what is wrong with it.
 *
 * @throws HubError `history_locked` or `history_unusable`
 */
export function inspect<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof HubError) throw error;
    const { code = '', message } = error as Error & { code?: string };
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
      throw new HubError('history_locked', `${file} is in use by another hub`);
    }
    throw new HubError('history_unusable', `${file} ${reason(code, message)}`);
  }
}

function reason(code: string, message: string): string {
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return 'is damaged or no SQLite database; put it aside to begin a new history';
  }
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY') || code === '') {
    return `cannot be opened for writing (${message})`;
  }
  return `cannot be used (${message})`;
}
