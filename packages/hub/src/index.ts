export { HUB_ERRORS, HubError, type HubErrorCode } from './errors.ts';
export { createHub, type Hub } from './hub.ts';
export type { SecretKey } from './keys.ts';
export type { Logger } from './logger.ts';
export { type MemoryTransportOptions, memoryTransport } from './memory-transport.ts';
export type { HubOptions } from './options.ts';
export type { SubscriptionChange } from './subscribe.ts';
export type { LiveEvent, Position, StoredEvent, Transport } from './transport.ts';
export type { Update, UpdateDraft } from './update.ts';
