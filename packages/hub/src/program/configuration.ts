import type { HubOptions } from '../options.ts';
import { readKeys } from './keys.ts';
import type { TransportSetting } from './kinds.ts';
import { ConfigurationError, isSet, readSettings, type SettingName, type Values } from './settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the program runs with. */
export interface Configuration {
  /** 0 takes any free one. */
  readonly port: number;
  /** Undefined: all addresses. */
  readonly host: string | undefined;
  readonly publicUrl: string | undefined;
  readonly transport: TransportSetting & {
    readonly maxEvents?: number;
    readonly maxBytes?: number;
    readonly maxAgeMs?: number;
  };
  /** Undefined: there are no metrics. */
  readonly metrics:
    | { readonly path: string /** Undefined: the hub's port. */; readonly port: number | undefined }
    | undefined;
  readonly logLevel: Values['MERCURE_LOG_LEVEL'];
  readonly maxConnections: number;
  readonly hub: Omit<HubOptions, 'publicUrl' | 'transport' | 'logger' | 'maxConnections'>;
}

/**
 * Reads the configuration from environment variables.
 *
 * @throws ConfigurationError when a variable is wrong or unknown, or when some contradict each other
 */
export function readConfiguration(environment: Environment): Configuration {
  const values = readSettings(environment);
  refuseContradictions(environment, values);
  const metricsPort = values.MERCURE_METRICS_PORT;
  const path = values.MERCURE_METRICS_PATH;
  return {
    port: values.PORT,
    host: values.HOST,
    publicUrl: values.PUBLIC_URL,
    transport: {
      ...values.MERCURE_TRANSPORT_URL,
      ...defined({
        maxEvents: values.MERCURE_HISTORY_MAX_EVENTS,
        maxBytes: values.MERCURE_HISTORY_MAX_BYTES,
        maxAgeMs: values.MERCURE_HISTORY_MAX_AGE_S && values.MERCURE_HISTORY_MAX_AGE_S * 1_000,
      }),
    },
    metrics: values.MERCURE_METRICS || metricsPort !== undefined ? { path, port: metricsPort } : undefined,
    logLevel: values.MERCURE_LOG_LEVEL,
    maxConnections: values.MERCURE_MAX_CONNECTIONS,
    hub: {
      ...readKeys(values),
      ...defined({
        anonymous: values.MERCURE_ANONYMOUS,
        subscriptions: values.MERCURE_SUBSCRIPTIONS,
        cookieNames: values.MERCURE_COOKIE_NAMES,
        allowedOrigins: values.MERCURE_PUBLISH_ORIGINS,
        corsOrigins: values.MERCURE_CORS_ORIGINS,
        heartbeatIntervalMs: values.MERCURE_HEARTBEAT_INTERVAL_MS,
        retryMs: values.MERCURE_RETRY_MS,
        maxConnectionMs: values.MERCURE_MAX_CONNECTION_MS,
        maxConnectionsPerAddress: values.MERCURE_MAX_CONNECTIONS_PER_ADDRESS,
        maxConnectionsPerToken: values.MERCURE_MAX_CONNECTIONS_PER_TOKEN,
        trustedProxies: values.MERCURE_TRUSTED_PROXIES,
        maxQueueBytesPerSubscriber: values.MERCURE_MAX_QUEUE_BYTES,
        maxUpdateBytes: values.MERCURE_MAX_UPDATE_BYTES,
        maxMatchersPerRequest: values.MERCURE_MAX_MATCHERS,
        debugPage: values.MERCURE_DEBUG_PAGE,
      }),
    },
  };
}

function refuseContradictions(environment: Environment, values: Values): void {
  const needs = (name: SettingName, other: SettingName) => {
    if (isSet(environment, name) && !isSet(environment, other)) {
      throw new ConfigurationError(`${name} has no use without ${other}`);
    }
  };
  const refuse = (isContradiction: boolean, reason: string) => {
    if (isContradiction) throw new ConfigurationError(reason);
  };
  needs('MERCURE_AUTHORIZATION_SERVERS', 'MERCURE_TRUSTED_ISSUERS');
  needs('MERCURE_JWT_ALG', 'MERCURE_JWT_SECRET_KEY');
  needs('MERCURE_PUBLISHER_JWT_ALG', 'MERCURE_PUBLISHER_JWT_KEY');
  needs('MERCURE_SUBSCRIBER_JWT_ALG', 'MERCURE_SUBSCRIBER_JWT_KEY');
  refuse(
    isSet(environment, 'MERCURE_JWKS_ALGS') &&
      [values.MERCURE_JWKS_URL, values.MERCURE_PUBLISHER_JWKS_URL, values.MERCURE_SUBSCRIBER_JWKS_URL].every(
        url => url === undefined,
      ),
    'MERCURE_JWKS_ALGS has no use without a JWK set',
  );
  refuse(
    values.MERCURE_HISTORY_MAX_AGE_S !== undefined && values.MERCURE_TRANSPORT_URL.kind === 'memory',
    'MERCURE_HISTORY_MAX_AGE_S has no use with a history in memory; set MERCURE_TRANSPORT_URL to sqlite: and a file',
  );
  refuse(
    isSet(environment, 'MERCURE_METRICS') &&
      !values.MERCURE_METRICS &&
      values.MERCURE_METRICS_PORT !== undefined,
    'MERCURE_METRICS is false, and yet there is a MERCURE_METRICS_PORT',
  );
  refuse(
    isSet(environment, 'MERCURE_METRICS_PATH') &&
      !values.MERCURE_METRICS &&
      values.MERCURE_METRICS_PORT === undefined,
    'MERCURE_METRICS_PATH has no use without MERCURE_METRICS or MERCURE_METRICS_PORT',
  );
  refuse(
    values.MERCURE_METRICS_PORT !== undefined &&
      values.MERCURE_METRICS_PORT !== 0 &&
      values.MERCURE_METRICS_PORT === values.PORT,
    "MERCURE_METRICS_PORT is the hub's own PORT; for metrics there, set MERCURE_METRICS",
  );
  for (const name of ['MERCURE_MAX_CONNECTIONS_PER_ADDRESS', 'MERCURE_MAX_CONNECTIONS_PER_TOKEN'] as const) {
    refuse(
      (values[name] ?? 0) > values.MERCURE_MAX_CONNECTIONS,
      `${name} is more than MERCURE_MAX_CONNECTIONS`,
    );
  }
  refuse(
    values.MERCURE_DEBUG_PAGE && environment.NODE_ENV === 'production',
    'MERCURE_DEBUG_PAGE is true, and NODE_ENV is production',
  );
}

function defined<Options extends object>(
  options: Options,
): { [Name in keyof Options]?: NonNullable<Options[Name]> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Options]?: NonNullable<Options[Name]> };
}
