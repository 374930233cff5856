import { removeUnlessEditsWait, type StoredCopy, withDatabase } from './database.ts';

/** A document as it was on the server at some moment. */
export interface DocumentCopy {
  /** The number up to which it holds the log. */
  readonly seq: number;
  readonly update: Uint8Array;
}

/** Keeps a copy of one document for one person, to be opened without the server. */
export interface CopyStore {
  load(): Promise<DocumentCopy | undefined>;
  save(copy: DocumentCopy): Promise<void>;
  /** The person has no right to it any more. As long as edits of theirs wait here it stays: they could not be shown without it. */
  remove(): Promise<void>;
}

/** Copies kept in one browser; beyond it those go that have not been opened for longest. */
const MAX_COPIES = 200;
/** A larger document is not kept. */
const MAX_COPY_BYTES = 32 * 1024 * 1024;

/** Copies in the browser's IndexedDB. */
export function createIndexedDbCopies(
  { userId, documentId }: { userId: string; documentId: string },
  databaseName?: string,
): CopyStore {
  const key: [string, string] = [userId, documentId];
  return {
    load: () => withDatabase(db => db.get('copies', key), databaseName),
    save: async ({ seq, update }) => {
      if (update.length > MAX_COPY_BYTES) return;
      const copy: StoredCopy = { userId, documentId, seq, update, usedAt: Date.now() };
      await withDatabase(async db => {
        const { store, done } = db.transaction('copies', 'readwrite');
        await store.put(copy);
        const tooMany = (await store.count()) - MAX_COPIES;
        if (tooMany > 0) {
          const oldest = await store.index('usedAt').getAllKeys(null, tooMany);
          for (const old of oldest) await store.delete(old);
        }
        await done;
      }, databaseName);
    },
    remove: () => removeUnlessEditsWait('copies', key, databaseName),
  };
}

/**
 * Removes all copies, and what was seen of documents, from this browser, whoever's they are: nobody is logged in here. Edits that were not sent are
 * somebody's work that is nowhere else: they stay, for that person alone.
 */
export async function forgetCopies(databaseName?: string): Promise<void> {
  if (typeof indexedDB === 'undefined') return;
  await withDatabase(async db => {
    await db.clear('copies');
    await db.clear('absences');
  }, databaseName);
}

/** How many edits of a person wait in this browser, by document. */
export async function unsentEdits(userId: string, databaseName?: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  if (typeof indexedDB === 'undefined') return counts;
  const range = IDBKeyRange.bound([userId], [userId, []]);
  const edits = await withDatabase(db => db.getAllFromIndex('edits', 'document', range), databaseName);
  for (const { documentId, owner } of edits) {
    if (owner !== null) counts.set(documentId, (counts.get(documentId) ?? 0) + 1);
  }
  return counts;
}
