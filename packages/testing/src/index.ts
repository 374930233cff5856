export {
  type EventStream,
  type EventStreamOptions,
  openEventStream,
  type ReceivedEvent,
} from './event-stream.ts';
export { type Listening, listen } from './listen.ts';
export { findNginx, freePort, type Nginx, startNginx } from './nginx.ts';
export { createRandom, type Random } from './random.ts';
export {
  type AccessTokenOptions,
  type ClaimTokenOptions,
  mintAccessToken,
  mintClaimToken,
} from './tokens.ts';
