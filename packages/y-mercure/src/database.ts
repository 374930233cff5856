import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { AbsenceRecord } from './absence-store.ts';
import type { QueuedEdit } from './queue.ts';

export interface StoredEdit extends QueuedEdit {
  /** Assigned by the database: the order in which edits were made. */
  order?: number;
  userId: string;
  documentId: string;
  /** The queue that answers for this edit; null: set aside. */
  owner: string | null;
}

export interface StoredCopy {
  userId: string;
  documentId: string;
  /** The document is complete up to this number of its log. */
  seq: number;
  update: Uint8Array;
  /** Milliseconds since the epoch. */
  usedAt: number;
}

export interface StoredAbsence extends AbsenceRecord {
  userId: string;
  documentId: string;
  /** Milliseconds since the epoch. */
  usedAt: number;
}

interface Schema extends DBSchema {
  edits: {
    key: number;
    value: StoredEdit;
    indexes: { document: [string, string]; batch: string };
  };
  copies: {
    key: [string, string];
    value: StoredCopy;
    indexes: { usedAt: number };
  };
  absences: {
    key: [string, string];
    value: StoredAbsence;
    indexes: { usedAt: number };
  };
}

export type Database = IDBPDatabase<Schema>;

export const DATABASE_NAME = 'y-mercure';

/** Rejects, and never throws, where IndexedDB is forbidden. */
export async function openDatabase(name = DATABASE_NAME): Promise<Database> {
  return openDB<Schema>(name, 3, {
    upgrade(db, oldVersion) {
      if (oldVersion < 1) {
        const edits = db.createObjectStore('edits', { keyPath: 'order', autoIncrement: true });
        edits.createIndex('document', ['userId', 'documentId']);
        edits.createIndex('batch', 'batch');
      }
      if (oldVersion < 2) {
        const copies = db.createObjectStore('copies', { keyPath: ['userId', 'documentId'] });
        copies.createIndex('usedAt', 'usedAt');
      }
      const absences = db.createObjectStore('absences', { keyPath: ['userId', 'documentId'] });
      absences.createIndex('usedAt', 'usedAt');
    },
    // A newer version of the application wants to upgrade: it must not wait for this tab.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
}

/** Opens the database for one operation. */
export async function withDatabase<T>(operation: (db: Database) => Promise<T>, name?: string): Promise<T> {
  const db = await openDatabase(name);
  try {
    return await operation(db);
  } finally {
    db.close();
  }
}

/** Removes what is kept of a document for somebody, unless edits of theirs wait to be sent. */
export async function removeUnlessEditsWait(
  store: 'copies' | 'absences',
  key: [userId: string, documentId: string],
  databaseName?: string,
): Promise<void> {
  await withDatabase(async db => {
    const transaction = db.transaction([store, 'edits'], 'readwrite');
    const edits = await transaction.objectStore('edits').index('document').getAll(IDBKeyRange.only(key));
    if (edits.every(({ owner }) => owner === null)) await transaction.objectStore(store).delete(key);
    await transaction.done;
  }, databaseName);
}
