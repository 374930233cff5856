export type { SecretKey } from './authorization/keys.ts';
export { HUB_ERRORS, HubError, type HubErrorCode } from './diagnostics/errors.ts';
export type { Logger } from './diagnostics/logger.ts';
export type { SubscriptionChange } from './endpoints/subscribe.ts';
export { createHub, type Hub } from './hub.ts';
export type { Update, UpdateDraft } from './messages/update.ts';
export type { HubOptions } from './options.ts';
export { type MemoryTransportOptions, memoryTransport } from './transports/memory-transport.ts';
export type { LiveEvent, Position, StoredEvent, Transport } from './transports/transport.ts';
