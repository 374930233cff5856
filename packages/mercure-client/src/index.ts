export { type Backoff, backoffDelayMs } from './backoff.ts';
export { MercureError, type MercureErrorCode } from './errors.ts';
export type { MercureEvent, OpenInfo } from './event-stream.ts';
export { type Publication, publish } from './publish.ts';
export {
  type MercureSubscription,
  type SubscribeOptions,
  type SubscriptionState,
  subscribe,
} from './subscribe.ts';
export type { Target } from './target.ts';
export { onWake, type WakeReason } from './wake.ts';
