export { createIndexedDbQueue, type IndexedDbQueueOptions } from './indexeddb-queue.ts';
export type { ProviderOptions } from './options.ts';
export { createProvider, type Provider, type ProviderEvents } from './provider.ts';
export { createMemoryQueue, type QueuedEdit, type UpdateQueue } from './queue.ts';
export type { EndReason, ProviderState, SaveStatus } from './state.ts';
