export { readBenchmarkOptions } from './bench/options.ts';
export { type Results, Scenarios, succeeded } from './bench/scenarios.ts';
export { decimal, percent, resultRows, table, times } from './bench/table.ts';
export {
  type EventStream,
  type EventStreamOptions,
  openEventStream,
  type ReceivedEvent,
} from './event-stream.ts';
export { type FaultRates, type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';
export { type Listening, listen } from './listen.ts';
export { findNginx, freePort, type Nginx, startNginx } from './nginx.ts';
export { type Cores, cpuSeconds, findCores, pin, residentBytes } from './processes.ts';
export { createRandom, type Random } from './random.ts';
export {
  type AccessTokenOptions,
  type ClaimTokenOptions,
  mintAccessToken,
  mintClaimToken,
} from './tokens.ts';
