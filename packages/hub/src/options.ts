import { COOKIE_NAMES } from './authorization/credentials.ts';
import type { Issuer } from './authorization/issuers.ts';
import type { VerificationKey } from './authorization/keys.ts';
import { HubError } from './diagnostics/errors.ts';
import { type Logger, silentLogger } from './diagnostics/logger.ts';
import type { SubscriptionChange } from './endpoints/subscribe.ts';
import { GENERATIONS, type Generation } from './messages/generation.ts';
import { HUB_PATH } from './messages/topic.ts';
import { memoryTransport } from './transports/memory-transport.ts';
import type { Transport } from './transports/transport.ts';

export interface HubOptions {
  /**
   * Verifies the tokens of publishers: those of 0.x and, unless there are `issuers`, those of 1.0. Of several keys any
   * will do. Needed unless `issuers` are all that tokens come from.
   */
  readonly publisherKey?: VerificationKey | readonly VerificationKey[];
  /** The same for the tokens of subscribers. */
  readonly subscriberKey?: VerificationKey | readonly VerificationKey[];
  /**
   * Who may issue tokens of 1.0, each with its own keys. Default: the origin of `publicUrl`, with `publisherKey` and
   * `subscriberKey`.
   */
  readonly issuers?: readonly Issuer[];
  /** The generations of the protocol that the hub speaks. Default: both, `0.x` and `1.0`. */
  readonly generations?: readonly Generation[];
  /** Whether 0.x tokens are taken from the query parameter `authorization`. Default: true where 0.x is spoken. */
  readonly tokenInQuery?: boolean;
  /**
   * Where clients find the hub, for example `https://example.com`, or a function for when the port is known only after
   * listening. Tokens of the 1.0 generation are accepted for the audience `<publicUrl>/.well-known/mercure`; without it
   * they are refused. Relative URL patterns and topics are relative to it. Default: none.
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
  /**
   * Names of the cookies a token may come in, the preferred one first. Default: `__Secure-mercure_access_token` of 1.0
   * and `mercureAuthorization` of 0.x.
   */
  readonly cookieNames?: readonly string[];
  /** Longest silence of a stream before a comment is sent, in milliseconds. Default: 15,000. */
  readonly heartbeatIntervalMs?: number;
  /** How long clients are told to wait before reconnecting, in milliseconds. Default: 2,000. */
  readonly retryMs?: number;
  /** How long a stream may live whatever its token says, in milliseconds; chance takes up to a fifth. Default: no limit. */
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
  /**
   * Whether the active subscriptions can be followed, by whom a token lets: as updates when they begin and end, which the
   * history keeps like all others, and as lists under `/.well-known/mercure/subscriptions`. Default: false.
   */
  readonly subscriptions?: boolean;
  /** Whether `/.well-known/mercure/debug/` is served: a page to subscribe, publish and look at the hub. Default: false. */
  readonly debugPage?: boolean;
  /** Default: says nothing. */
  readonly logger?: Logger;
  /** Called when a stream has opened and when it has ended. Default: nothing. */
  readonly onSubscriptionChange?: (change: SubscriptionChange) => void;
}

const DEFAULTS = {
  anonymous: false,
  subscriptions: false,
  allowedOrigins: [] as readonly string[],
  corsOrigins: [] as readonly string[],
  generations: GENERATIONS as readonly Generation[],
  heartbeatIntervalMs: 15_000,
  retryMs: 2_000,
  maxQueueBytesPerSubscriber: 4 * 1024 * 1024,
  maxUpdateBytes: 1024 * 1024,
  maxMatchersPerRequest: 100,
  maxConnections: 10_000,
  debugPage: false,
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
    publisherKey: undefined,
    subscriberKey: undefined,
    issuers: undefined,
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
  checkGenerations(options, resolved.generations);
  const { generations, publicUrl } = resolved;
  if (typeof publicUrl === 'string') parsePublicUrl(publicUrl);
  /** Every publication asks for it, so it is read again only when it has changed. */
  let known = urlsOf(undefined);
  const currentUrls = () => {
    const publicText = typeof publicUrl === 'function' ? publicUrl() : publicUrl;
    if (publicText !== known.publicText) known = urlsOf(publicText);
    return known;
  };
  return {
    ...resolved,
    cookieNames:
      resolved.cookieNames ??
      (['1.0', '0.x'] as const)
        .filter(generation => generations.includes(generation))
        .map(generation => COOKIE_NAMES[generation]),
    tokenInQuery: resolved.tokenInQuery ?? generations.includes('0.x'),
    publicOrigin: () => currentUrls().publicOrigin,
    /** Without a public URL, an origin that is nobody's: then relative patterns match relative topics only. */
    hubUrl: () => currentUrls().hubUrl,
    hasPublicUrl: publicUrl !== undefined,
  };
}

/** Refuses settings that contradict the generations the hub speaks. */
function checkGenerations(options: HubOptions, generations: readonly Generation[]): void {
  const { issuers, publisherKey, subscriberKey, publicUrl } = options;
  const refuse = (reason: string) => {
    throw new HubError('options_invalid', reason);
  };
  const unknown = generations.find(generation => !GENERATIONS.includes(generation));
  if (unknown !== undefined || generations.length === 0) {
    refuse(`generations are some of ${GENERATIONS.join(', ')}`);
  }
  if (issuers !== undefined && !generations.includes('1.0')) {
    refuse('issuers are a matter of 1.0, which is not among the generations');
  }
  if (issuers !== undefined && publicUrl === undefined) {
    refuse('issuers need a publicUrl, which is what their tokens have as audience');
  }
  if (options.tokenInQuery === true && !generations.includes('0.x')) {
    refuse('tokenInQuery is a matter of 0.x, which is not among the generations');
  }
  const needsKeys = generations.includes('0.x') || issuers === undefined;
  if (needsKeys && (publisherKey === undefined || subscriberKey === undefined)) {
    refuse('publisherKey and subscriberKey are needed, unless only 1.0 is spoken and there are issuers');
  }
  if (!needsKeys && (publisherKey !== undefined || subscriberKey !== undefined)) {
    refuse('publisherKey and subscriberKey have no use beside issuers when only 1.0 is spoken');
  }
}

function parsePublicUrl(publicUrl: string): URL {
  const url = URL.parse(publicUrl);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new HubError('options_invalid', `publicUrl is not an http or https URL: ${publicUrl}`);
  }
  return url;
}

function urlsOf(publicText: string | undefined) {
  const publicUrl = publicText === undefined ? undefined : parsePublicUrl(publicText);
  return {
    publicText,
    publicOrigin: publicUrl?.origin,
    hubUrl: hubUrl(publicUrl ?? new URL('https://hub.invalid')),
  };
}

/** The hub's own URL, which is what tokens name as their audience. */
function hubUrl({ origin, pathname }: URL): URL {
  return new URL(`${origin}${pathname.replace(/\/$/, '')}${HUB_PATH}`);
}
