export type { Absence } from './absence.ts';
export {
  type AbsenceRecord,
  type AbsenceStore,
  createIndexedDbAbsences,
  noteUnsentAsOwn,
} from './absence-store.ts';
export {
  type CopyStore,
  createIndexedDbCopies,
  type DocumentCopy,
  forgetCopies,
  unsentEdits,
} from './copies.ts';
export type { Provider, ProviderEvents } from './document-provider.ts';
export { createIndexedDbQueue, type IndexedDbQueueOptions } from './indexeddb-queue.ts';
export type { ProviderOptions } from './options.ts';
export { createProvider } from './provider.ts';
export { createMemoryQueue, type QueuedEdit, type UpdateQueue } from './queue.ts';
export { createSharedStreams, type SharedStreams, type SharedStreamsOptions } from './shared-streams.ts';
export type { EndReason, ProviderState, SaveStatus } from './state.ts';
