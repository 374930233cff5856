import { type CopyStore, createIndexedDbCopies } from './copies.ts';
import { createIndexedDbQueue } from './indexeddb-queue.ts';
import type { ProviderOptions } from './options.ts';
import { createMemoryQueue, type UpdateQueue } from './queue.ts';

/** Where a copy of the document is kept: as the options say, else in IndexedDB where there is one and a person to keep it for. */
export function copyStoreOf({ copies, userId, documentId }: ProviderOptions): CopyStore | undefined {
  if (copies !== undefined) return copies;
  const hasStorage = userId !== undefined && typeof indexedDB !== 'undefined';
  return hasStorage ? createIndexedDbCopies({ userId, documentId }) : undefined;
}

/** Where unacknowledged edits are kept: as the options say, else in IndexedDB where there is one, else in memory. */
export function queueOf({ queue, userId, documentId }: ProviderOptions): UpdateQueue {
  if (queue !== undefined) return queue;
  return userId === undefined || typeof indexedDB === 'undefined'
    ? createMemoryQueue()
    : createIndexedDbQueue({ userId, documentId });
}
