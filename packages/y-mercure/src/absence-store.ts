import { removeUnlessEditsWait, type StoredAbsence, withDatabase } from './database.ts';
import { mergeAll } from './updates.ts';

/** What one person had seen of a document when they went away from it, as it is kept. */
export interface AbsenceRecord {
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** The number up to which they had seen the log. */
  readonly seq: number;
  /** A Yjs snapshot, as `encodeSnapshot` writes it. */
  readonly seen: Uint8Array;
  /** What they wrote themselves while others did not see it, as one Yjs update; null: nothing. */
  readonly own: Uint8Array | null;
}

/** Keeps what one person has seen of one document, so that they can be shown what changed when they come back. */
export interface AbsenceStore {
  load(): Promise<AbsenceRecord | undefined>;
  save(record: AbsenceRecord): Promise<void>;
  /** The person has no right to the document any more. As long as edits of theirs wait here it stays: they may be sent yet. */
  remove(): Promise<void>;
}

/** Documents that are remembered in one browser; beyond it those go that have not been looked at for longest. */
const MAX_RECORDS = 200;
/** What takes more room (an exceptionally long history of deleting) is not kept. */
const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** In the browser's IndexedDB. */
export function createIndexedDbAbsences(
  { userId, documentId }: { userId: string; documentId: string },
  databaseName?: string,
): AbsenceStore {
  const key: [string, string] = [userId, documentId];
  return {
    load: () => withDatabase(db => db.get('absences', key), databaseName),
    save: async record => {
      if (record.seen.length + (record.own?.length ?? 0) > MAX_RECORD_BYTES) return;
      const stored: StoredAbsence = { ...record, userId, documentId, usedAt: Date.now() };
      await withDatabase(async db => {
        const { store, done } = db.transaction('absences', 'readwrite');
        await store.put(stored);
        const tooMany = (await store.count()) - MAX_RECORDS;
        if (tooMany > 0) {
          for (const old of await store.index('usedAt').getAllKeys(null, tooMany)) await store.delete(old);
        }
        await done;
      }, databaseName);
    },
    remove: () => removeUnlessEditsWait('absences', key, databaseName),
  };
}

/**
 * Notes that what waits in this browser to be sent was written by the person themselves: to be called before it is sent
 * without the document being shown. The last moments before a browser was killed may not be on record otherwise.
 */
export async function noteUnsentAsOwn(
  { userId, documentId }: { userId: string; documentId: string },
  databaseName?: string,
): Promise<void> {
  const key: [string, string] = [userId, documentId];
  await withDatabase(async db => {
    const transaction = db.transaction(['absences', 'edits'], 'readwrite');
    const absences = transaction.objectStore('absences');
    const record = await absences.get(key);
    const edits = await transaction.objectStore('edits').index('document').getAll(IDBKeyRange.only(key));
    if (record !== undefined && edits.length > 0) {
      const own = record.own === null ? [] : [record.own];
      await absences.put({ ...record, own: mergeAll([...own, ...edits.map(({ update }) => update)]) });
    }
    await transaction.done;
  }, databaseName);
}
