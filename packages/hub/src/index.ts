export type { Issuer } from './authorization/issuers.ts';
export type { JwkKey, PemKey, RemoteKeys, SecretKey, VerificationKey } from './authorization/keys.ts';
export { HUB_ERRORS, HubError, type HubErrorCode } from './diagnostics/errors.ts';
export type { Logger } from './diagnostics/logger.ts';
export { METRICS_CONTENT_TYPE, renderMetrics } from './diagnostics/prometheus.ts';
export { type HubStatistics, LATENCY_BOUNDS_S } from './diagnostics/statistics.ts';
export type { SubscriptionChange } from './endpoints/subscribe.ts';
export { redactedUrl } from './http/redaction.ts';
export { createHub, type Hub } from './hub.ts';
export type { Update, UpdateDraft } from './messages/update.ts';
export type { HubOptions } from './options.ts';
export { StreamServer } from './streams/stream-server.ts';
export type { Subscription } from './streams/subscription.ts';
export { type MemoryTransportOptions, memoryTransport } from './transports/memory-transport.ts';
export type {
  LiveEvent,
  Position,
  StoredEvent,
  SubscriptionDirectory,
  Transport,
} from './transports/transport.ts';
