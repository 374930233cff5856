import { choice, count, flag, type Kind, list, path, port, secret, text, transport, url } from './kinds.ts';

export interface Setting<Value = unknown> {
  readonly kind: Kind<Value>;
  readonly description: string;
  /** As it would be written in the environment; absent where there is none, or where the description tells it. */
  readonly default?: string;
}

const optional = <Value>(kind: Kind<Value>, description: string): Setting<Value> => ({ kind, description });

const withDefault = <Value>(
  kind: Kind<Value>,
  description: string,
  fallback: string,
): Setting<Value> & { readonly default: string } => ({ kind, description, default: fallback });

/** Every environment variable the program reads. The help, the README and the checks are made from this table. */
export const SETTINGS = {
  PORT: withDefault(port, 'The port to listen on; 0 takes any free one.', '3000'),
  HOST: optional(text, 'The address to listen on. Default: all.'),
  PUBLIC_URL: optional(
    url,
    'Where clients find the hub, without /.well-known/mercure. Tokens of 1.0 need it. Default: http://localhost and the port.',
  ),

  MERCURE_JWT_SECRET_KEY: optional(
    secret,
    'Verifies the tokens of publishers and subscribers that have no key of their own.',
  ),
  MERCURE_JWT_ALG: optional(text, 'Its algorithm. Default: HS256, or the usual one of a public key.'),
  MERCURE_PUBLISHER_JWT_KEY: optional(secret, "Verifies publishers' tokens."),
  MERCURE_PUBLISHER_JWT_ALG: optional(text, 'Its algorithm. Default: as above.'),
  MERCURE_SUBSCRIBER_JWT_KEY: optional(secret, "Verifies subscribers' tokens."),
  MERCURE_SUBSCRIBER_JWT_ALG: optional(text, 'Its algorithm. Default: as above.'),
  MERCURE_JWKS_URL: optional(
    url,
    'A JWK set with the keys of publishers and subscribers that have none of their own, fetched again when they change.',
  ),
  MERCURE_PUBLISHER_JWKS_URL: optional(url, "A JWK set for publishers' tokens."),
  MERCURE_SUBSCRIBER_JWKS_URL: optional(url, "A JWK set for subscribers' tokens."),
  MERCURE_JWKS_ALGS: optional(
    list('algorithms'),
    'Algorithms that may be used with keys of JWK sets. Default: RS256, ES256, EdDSA.',
  ),
  MERCURE_TRUSTED_ISSUERS: optional(
    list('issuers'),
    'Who may issue tokens of 1.0, all with the same keys. Default: the origin of PUBLIC_URL.',
  ),
  MERCURE_AUTHORIZATION_SERVERS: optional(
    list('issuers'),
    'Those of MERCURE_TRUSTED_ISSUERS that clients are told of as authorization servers.',
  ),
  MERCURE_GENERATIONS: withDefault(
    list('generations'),
    'Generations of the protocol that are spoken: 0.x, 1.0 or both.',
    '0.x,1.0',
  ),
  MERCURE_TOKEN_IN_QUERY: optional(
    flag,
    'Whether 0.x tokens are taken from the query parameter authorization. Default: where 0.x is spoken.',
  ),
  MERCURE_COOKIE_NAMES: optional(
    list('names'),
    'Names of the cookies a token may come in. Default: __Secure-mercure_access_token, mercureAuthorization.',
  ),
  MERCURE_ANONYMOUS: withDefault(flag, 'Whether subscribers without a token get public updates.', 'false'),
  MERCURE_SUBSCRIPTIONS: withDefault(
    flag,
    'Whether the active subscriptions can be followed, by whom a token lets.',
    'false',
  ),
  MERCURE_PUBLISH_ORIGINS: optional(
    list('origins'),
    "Origins of pages that may publish with a cookie, besides the hub's own.",
  ),
  MERCURE_CORS_ORIGINS: optional(list('origins'), "Origins of pages that may read the hub's answers."),

  MERCURE_TRANSPORT_URL: withDefault(transport, 'Where updates are kept.', 'memory:'),
  MERCURE_HISTORY_MAX_EVENTS: optional(
    count,
    'Most events kept. Default: 10,000 in memory, 1,000,000 in SQLite.',
  ),
  MERCURE_HISTORY_MAX_BYTES: optional(count, 'Most bytes kept. Default: 64 MiB in memory, 1 GiB in SQLite.'),
  MERCURE_HISTORY_MAX_AGE_S: optional(
    count,
    'How many seconds events are kept, in SQLite. Default: no limit.',
  ),

  MERCURE_HEARTBEAT_INTERVAL_MS: withDefault(
    count,
    'Longest silence of a stream before a comment is sent.',
    '15000',
  ),
  MERCURE_RETRY_MS: withDefault(count, 'How long clients wait before they reconnect.', '2000'),
  MERCURE_MAX_CONNECTION_MS: optional(
    count,
    'How long a stream may live, whatever its token says; chance takes up to a fifth. Default: no limit.',
  ),
  MERCURE_MAX_CONNECTIONS: withDefault(count, 'Most streams open at once.', '10000'),
  MERCURE_MAX_CONNECTIONS_PER_ADDRESS: optional(
    count,
    'Most streams open at once from one address; behind a proxy, set MERCURE_TRUSTED_PROXIES too. Default: no limit.',
  ),
  MERCURE_MAX_CONNECTIONS_PER_TOKEN: optional(
    count,
    'Most streams open at once with one token. Default: no limit.',
  ),
  MERCURE_TRUSTED_PROXIES: optional(
    list('addresses'),
    'Proxies whose X-Forwarded-For is believed: addresses, networks, or loopback, linklocal, uniquelocal.',
  ),
  MERCURE_MAX_QUEUE_BYTES: withDefault(
    count,
    'Bytes that may wait for a subscriber before it is cut off.',
    '4194304',
  ),
  MERCURE_MAX_UPDATE_BYTES: withDefault(count, 'Longest data of an update.', '1048576'),
  MERCURE_MAX_MATCHERS: withDefault(count, 'Most topics and patterns in one subscription.', '100'),

  MERCURE_METRICS: withDefault(flag, "Whether Prometheus metrics are served on the hub's port.", 'false'),
  MERCURE_METRICS_PORT: optional(
    port,
    'A port of its own for metrics and health; 0 takes any free one. Default: none.',
  ),
  MERCURE_METRICS_PATH: withDefault(path, 'Where the metrics are.', '/metrics'),
  MERCURE_DEBUG_PAGE: withDefault(
    flag,
    'Whether /.well-known/mercure/debug/ is there. Not with NODE_ENV=production.',
    'false',
  ),
  MERCURE_LOG_LEVEL: withDefault(
    choice('debug', 'info', 'warn', 'error', 'silent'),
    'What is logged.',
    'info',
  ),
} satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;

/** What a setting is read to; undefined only where it is not set and has no default. */
export type Values = {
  readonly [Name in SettingName]:
    | ReturnType<(typeof SETTINGS)[Name]['kind']['parse']>
    | ((typeof SETTINGS)[Name] extends { readonly default: string } ? never : undefined);
};

/** What cannot be started with. The message is one line, and shows no secret. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Reads the settings; an empty value counts as not set.
 *
 * @throws ConfigurationError naming the variable: one that is wrong, or a `MERCURE_` one that does not exist
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Values {
  const unknown = Object.keys(environment).find(
    name => name.startsWith('MERCURE_') && !Object.hasOwn(SETTINGS, name) && environment[name] !== '',
  );
  if (unknown !== undefined) {
    throw new ConfigurationError(`${unknown} is not a setting of this hub; --help lists them`);
  }
  const values = Object.entries<Setting>(SETTINGS).map(([name, { kind, default: fallback }]) => {
    const text = environment[name] || fallback;
    try {
      return [name, text === undefined ? undefined : kind.parse(text)];
    } catch (error) {
      throw new ConfigurationError(`${name} ${(error as Error).message}`);
    }
  });
  return Object.fromEntries(values) as Values;
}

/** Whether the variable is set, and not only has a default. */
export const isSet = (environment: Readonly<Record<string, string | undefined>>, name: SettingName) =>
  Boolean(environment[name]);
