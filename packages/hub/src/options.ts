import { DEFAULT_COOKIE_NAMES } from './authorization/credentials.ts';
import type { SecretKey } from './authorization/keys.ts';
import { HubError } from './diagnostics/errors.ts';
import { type Logger, silentLogger } from './diagnostics/logger.ts';
import type { SubscriptionChange } from './endpoints/subscribe.ts';
import { memoryTransport } from './transports/memory-transport.ts';
import type { Transport } from './transports/transport.ts';

export interface HubOptions {
  /** Verifies the tokens of publishers. */
  readonly publisherKey: SecretKey;
  /** Verifies the tokens of subscribers. */
  readonly subscriberKey: SecretKey;
  /**
   * Where clients find the hub, for example `https://example.com`, or a function for when the port is known only after
   * listening. Tokens of the 1.0 generation are accepted from the issuer that is its origin and for the audience
   * `<publicUrl>/.well-known/mercure`; without it they are refused. Default: none.
   */
  readonly publicUrl?: string | (() => string);
  /** Whether subscribers without a token are let in; they get public updates only. Default: false. */
  readonly anonymous?: boolean;
  /** Where updates are kept. Default: `memoryTransport()`. */
  readonly transport?: Transport;
  /** Origins of pages that may publish with a cookie, besides the hub's own origin. Default: none. */
  readonly allowedOrigins?: readonly string[];
  /** Origins of pages that may read the hub's answers, with credentials (CORS). Default: none. */
  readonly corsOrigins?: readonly string[];
  /** Names of the cookies a token may come in. Default: `__Secure-mercure_access_token`, `mercureAuthorization`. */
  readonly cookieNames?: readonly string[];
  /** Longest silence of a stream before a comment is sent, in milliseconds. Default: 15,000. */
  readonly heartbeatIntervalMs?: number;
  /** How long clients are told to wait before reconnecting, in milliseconds. Default: 2,000. */
  readonly retryMs?: number;
  /** How long a stream may live whatever its token says, in milliseconds. Default: no limit. */
  readonly maxConnectionMs?: number;
  /** Bytes that may wait for a subscriber that reads too slowly before it is cut off. Default: 4 MiB. */
  readonly maxQueueBytesPerSubscriber?: number;
  /** Longest `data` of an update, in bytes of UTF-8. Default: 1 MiB. */
  readonly maxUpdateBytes?: number;
  /** Most topics and templates in one subscription request. Default: 100. */
  readonly maxMatchersPerRequest?: number;
  /** Most streams open at once. Default: 10,000. */
  readonly maxConnections?: number;
  /** Most streams open at once from one address (of IPv6, one /64 network). Default: no limit but the total. */
  readonly maxConnectionsPerAddress?: number;
  /** Most streams open at once with one token. Default: no limit but the total. */
  readonly maxConnectionsPerToken?: number;
  /**
   * Proxies whose `X-Forwarded-For` is believed: addresses, networks (`10.0.0.0/8`), or `loopback`, `linklocal`,
   * `uniquelocal`. Default: none.
   */
  readonly trustedProxies?: readonly string[];
  /** Default: says nothing. */
  readonly logger?: Logger;
  /** Called when a stream has opened and when it has ended. Default: nothing. */
  readonly onSubscriptionChange?: (change: SubscriptionChange) => void;
}

const DEFAULTS = {
  anonymous: false,
  allowedOrigins: [] as readonly string[],
  corsOrigins: [] as readonly string[],
  cookieNames: DEFAULT_COOKIE_NAMES as readonly string[],
  heartbeatIntervalMs: 15_000,
  retryMs: 2_000,
  maxQueueBytesPerSubscriber: 4 * 1024 * 1024,
  maxUpdateBytes: 1024 * 1024,
  maxMatchersPerRequest: 100,
  maxConnections: 10_000,
  trustedProxies: [] as readonly string[],
  logger: silentLogger,
} satisfies Partial<HubOptions>;

/**
 * Fills in the defaults and refuses what makes no sense.
 *
 * @throws HubError `options_invalid`
 */
export function resolveOptions(options: HubOptions) {
  const resolved = {
    ...DEFAULTS,
    maxConnectionMs: undefined,
    maxConnectionsPerAddress: undefined,
    maxConnectionsPerToken: undefined,
    ...options,
    transport: options.transport ?? memoryTransport(),
  };
  const numbers = {
    heartbeatIntervalMs: resolved.heartbeatIntervalMs,
    retryMs: resolved.retryMs,
    maxQueueBytesPerSubscriber: resolved.maxQueueBytesPerSubscriber,
    maxUpdateBytes: resolved.maxUpdateBytes,
    maxMatchersPerRequest: resolved.maxMatchersPerRequest,
    maxConnections: resolved.maxConnections,
    maxConnectionMs: resolved.maxConnectionMs,
    maxConnectionsPerAddress: resolved.maxConnectionsPerAddress,
    maxConnectionsPerToken: resolved.maxConnectionsPerToken,
  };
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined) continue;
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new HubError('options_invalid', `${name} must be a positive whole number, not ${value}`);
    }
  }
  for (const origin of [...resolved.allowedOrigins, ...resolved.corsOrigins]) {
    if (URL.parse(origin)?.origin !== origin) {
      throw new HubError('options_invalid', `"${origin}" is not an origin like https://example.com`);
    }
  }
  const { publicUrl } = options;
  if (typeof publicUrl === 'string') parsePublicUrl(publicUrl);
  const currentPublicUrl = () => {
    const url = typeof publicUrl === 'function' ? publicUrl() : publicUrl;
    return url === undefined ? undefined : parsePublicUrl(url);
  };
  return { ...resolved, publicUrl: currentPublicUrl };
}

function parsePublicUrl(publicUrl: string): URL {
  const url = URL.parse(publicUrl);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new HubError('options_invalid', `publicUrl is not an http or https URL: ${publicUrl}`);
  }
  return url;
}
