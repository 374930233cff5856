import type { Backoff } from '@cahier/mercure-client';
import { type ApiClient, createApiClient } from '@cahier/protocol';
import { createStreamApi } from './document-api.ts';
import type { StreamConnection } from './hub-stream.ts';

/** How to reach the application and its hub. */
export interface ConnectionOptions {
  /** Default: a client made from `baseUrl`, `fetch` and `headers`. */
  api?: ApiClient;
  /** Where the application is; the hub's URL may be relative to it. Default: this page. Needed outside browsers. */
  baseUrl?: string;
  /** Default: the global `fetch`. Used for the event stream, and for the API unless `api` is given. */
  fetch?: typeof fetch;
  /** Sent along with every request to the API (a `cookie`, for programs that hold a session). */
  headers?: Record<string, string>;
  /** A stream silent for so long is taken for dead. Longer than the hub's heartbeat. Default: 50 s. */
  silenceTimeoutMs?: number;
  /** An event that takes longer from the server to here has been held back on the way. Default: 2.5 s. */
  echoTimeoutMs?: number;
  /** How repeated attempts are spread. */
  backoff?: Backoff;
}

/** Longer than the heartbeat of any usual hub: 15 s for ours, 40 s for the reference hub. */
const SILENCE_TIMEOUT_MS = 50_000;

/** @throws TypeError without `baseUrl` where there is no page */
export function streamConnection(options: ConnectionOptions): StreamConnection {
  const { fetch, backoff, echoTimeoutMs, silenceTimeoutMs = SILENCE_TIMEOUT_MS } = options;
  return {
    ...createStreamApi(options.api ?? createApiClient(options)),
    baseUrl: baseUrlOf(options),
    silenceTimeoutMs,
    ...(fetch === undefined ? {} : { fetch }),
    ...(backoff === undefined ? {} : { backoff }),
    ...(echoTimeoutMs === undefined ? {} : { echoTimeoutMs }),
  };
}

function baseUrlOf({ baseUrl }: ConnectionOptions): string {
  if (baseUrl !== undefined) return baseUrl;
  if (typeof location === 'undefined') throw new TypeError('Outside browsers, baseUrl is needed');
  return location.href;
}
