import { uuidv4 } from 'lib0/random';
import { DATABASE_NAME, openDatabase, type StoredEdit } from './database.ts';
import { holdLock, ifAbandoned } from './locks.ts';
import type { UpdateQueue } from './queue.ts';

export interface IndexedDbQueueOptions {
  /** Edits made by one person are never adopted by another who uses the same browser. */
  userId: string;
  documentId: string;
  /**
   * Others may adopt what is in it at any time, as if it had been left behind: for who only sends what was written earlier and
   * shows the document to nobody. That both then send it is harmless. Default: false.
   */
  yields?: boolean;
  /** Default: `y-mercure`. */
  databaseName?: string;
}

/**
 * A queue in the browser's IndexedDB. It tells by Web Locks whether the tab that made an edit is still open; where
 * there are none (they need a secure context) it adopts everything, which is harmless: a batch keeps its id, and the
 * server stores it once.
 */
export function createIndexedDbQueue(options: IndexedDbQueueOptions): UpdateQueue {
  const { userId, documentId, yields = false, databaseName = DATABASE_NAME } = options;
  const owner = uuidv4();
  const opening = openDatabase(databaseName);
  // Whoever uses the queue sees the failure; nobody else needs to.
  opening.catch(() => {});
  const releasing = yields ? Promise.resolve(() => {}) : holdLock(lockName(owner));

  return {
    outlivesPage: true,

    async adopt() {
      const db = await opening;
      await releasing;
      const range = IDBKeyRange.only([userId, documentId]);
      const adopted: StoredEdit[] = [];
      const asked = new Set([null, owner]);
      for (;;) {
        // Read again each time: while one owner was asked, another heir may have taken over from the next.
        const found = await db.getAllFromIndex('edits', 'document', range);
        const previous = found.find(edit => !asked.has(edit.owner))?.owner;
        if (previous == null) break;
        asked.add(previous);
        await ifAbandoned(lockName(previous), async () => {
          const { store, done } = db.transaction('edits', 'readwrite');
          for (const edit of await store.index('document').getAll(range)) {
            if (edit.owner !== previous) continue;
            adopted.push(edit);
            await store.put({ ...edit, owner });
          }
          await done;
        });
      }
      return adopted
        .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
        .map(({ batch, update }) => ({ batch, update }));
    },

    async append({ batch, update }) {
      const db = await opening;
      await db.add('edits', { userId, documentId, owner, batch, update });
    },

    async remove(batch) {
      const db = await opening;
      const { store, done } = db.transaction('edits', 'readwrite');
      for (const key of await store.index('batch').getAllKeys(batch)) await store.delete(key);
      await done;
    },

    async setAside(batch) {
      // Nobody has seen yet that the server does not take it.
      if (yields) return;
      const db = await opening;
      const { store, done } = db.transaction('edits', 'readwrite');
      for (const edit of await store.index('batch').getAll(batch)) await store.put({ ...edit, owner: null });
      await done;
    },

    async close() {
      const release = await releasing;
      release();
      (await opening).close();
    },
  };
}

const lockName = (owner: string) => `y-mercure:${owner}`;
