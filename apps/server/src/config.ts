import { HUB_PATH } from '@cahier/protocol';
import { z } from 'zod';

/** The secret that the project publishes in `.env.dist`: fine on a developer's machine, refused in production. */
export const PUBLISHED_SECRET = '!ChangeThisMercureHubJWTSecretKey!';

/** HS256 keys are at least as long as the hash (RFC 7518, section 3.2); the hub takes no shorter ones. */
const MIN_SECRET_BYTES = 32;

/** Whoever knows it reads numbers only, but guessing it should be hopeless all the same. */
const MIN_METRICS_TOKEN_LENGTH = 16;

const switchSchema = z
  .enum(['true', 'false', '1', '0', 'on', 'off', 'yes', 'no'], 'must be true or false')
  .transform(value => ['true', '1', 'on', 'yes'].includes(value));

const secretSchema = z
  .string()
  .refine(
    secret => Buffer.byteLength(secret) >= MIN_SECRET_BYTES,
    `must be at least ${MIN_SECRET_BYTES} bytes long`,
  );

const publicUrlSchema = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
  .transform(url => url.replace(/\/+$/, ''));

/** The whole URL of a hub. `fetch` takes no credentials in a URL. */
const hubUrlSchema = z
  .url({ protocol: /^https?$/, error: 'must be the http:// or https:// address of a Mercure hub' })
  .refine(url => {
    const { username, password, hash } = URL.parse(url) ?? {};
    return !username && !password && !hash;
  }, 'must have no user, password or fragment in it');

/** Every variable the server reads. `.env.dist` names and explains the same ones. */
export const environmentSchema = z.object({
  APP_ENV: z.enum(['dev', 'prod'], 'must be dev or prod').default('dev'),
  PORT: z.coerce
    .number('must be a port number')
    .pipe(z.int('must be a port number').min(0).max(65535, 'must be a port number'))
    .default(8080),
  PUBLIC_URL: publicUrlSchema.optional(),
  DATA_DIR: z.string().default('./data'),
  SEED_USERS: switchSchema.optional(),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'must be a log level of pino')
    .default('info'),
  METRICS_TOKEN: z
    .string()
    .min(MIN_METRICS_TOKEN_LENGTH, `must be at least ${MIN_METRICS_TOKEN_LENGTH} characters long`)
    .optional(),
  TRUSTED_PROXIES: z
    .string()
    .default('loopback')
    .transform(list => list.split(',').map(entry => entry.trim()))
    .pipe(
      z.array(
        z.union(
          [z.enum(['loopback', 'linklocal', 'uniquelocal']), z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
          'must be addresses, networks, or loopback, linklocal, uniquelocal, separated by commas',
        ),
      ),
    ),
  MERCURE_JWT_SECRET_KEY: secretSchema.default(PUBLISHED_SECRET),
  MERCURE_PUBLISHER_JWT_KEY: secretSchema.optional(),
  MERCURE_SUBSCRIBER_JWT_KEY: secretSchema.optional(),
  MERCURE_ANONYMOUS: switchSchema.optional(),
  MERCURE_URL: hubUrlSchema.optional(),
  MERCURE_PUBLIC_URL: hubUrlSchema.optional(),
});

export interface Config {
  readonly environment: 'dev' | 'prod';
  /** 0 takes any free port. */
  readonly port: number;
  /** The application's own address without a trailing slash; undefined: `http://localhost:` and the port. */
  readonly publicUrl: string | undefined;
  readonly dataDir: string;
  /** Whether the two test users and the welcome document are made when they are missing. */
  readonly seedUsers: boolean;
  readonly logLevel: string;
  /** Who brings it may read the metrics; undefined: there are none. */
  readonly metricsToken: string | undefined;
  /** Proxies whose `X-Forwarded-*` headers are believed: addresses, networks or `loopback` and its like. */
  readonly trustedProxies: readonly string[];
  readonly hub: {
    readonly publisherSecret: string;
    readonly subscriberSecret: string;
    /** Whether subscribers without a token get public updates from the integrated hub. */
    readonly anonymous: boolean;
    /** Where to publish to a hub that runs elsewhere; undefined: the integrated hub. */
    readonly outsideUrl: string | undefined;
    /** Where browsers find the hub: its whole URL, or a path of the application's own origin. */
    readonly publicUrl: string;
  };
}

/** A wrong value in the environment; the message is one line fit for the console. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the configuration from environment variables. An empty value counts as not set.
 *
 * @throws ConfigError naming the first wrong variable
 */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(`${issue?.path[0]?.toString() ?? 'The environment'} ${issue?.message}`);
  }
  const values = parsed.data;
  const dev = values.APP_ENV === 'dev';
  const publisherSecret = values.MERCURE_PUBLISHER_JWT_KEY ?? values.MERCURE_JWT_SECRET_KEY;
  const subscriberSecret = values.MERCURE_SUBSCRIBER_JWT_KEY ?? values.MERCURE_JWT_SECRET_KEY;
  if (!dev) {
    if (publisherSecret === PUBLISHED_SECRET || subscriberSecret === PUBLISHED_SECRET) {
      throw new ConfigError(
        'MERCURE_JWT_SECRET_KEY is the published default; with APP_ENV=prod set a secret of your own',
      );
    }
    if (values.SEED_USERS) {
      throw new ConfigError('SEED_USERS cannot be true when APP_ENV is prod: their password is public');
    }
  }
  if (values.MERCURE_PUBLIC_URL !== undefined) checkPublicHub(values.MERCURE_PUBLIC_URL, values);
  return Object.freeze({
    environment: values.APP_ENV,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL,
    dataDir: values.DATA_DIR,
    seedUsers: values.SEED_USERS ?? dev,
    logLevel: values.LOG_LEVEL,
    metricsToken: values.METRICS_TOKEN,
    trustedProxies: Object.freeze(values.TRUSTED_PROXIES),
    hub: Object.freeze({
      publisherSecret,
      subscriberSecret,
      anonymous: values.MERCURE_ANONYMOUS ?? dev,
      outsideUrl: values.MERCURE_URL,
      publicUrl: values.MERCURE_PUBLIC_URL ?? HUB_PATH,
    }),
  });
}

/** @throws ConfigError when browsers could not use the hub there */
function checkPublicHub(hub: string, { MERCURE_URL, PUBLIC_URL }: z.output<typeof environmentSchema>): void {
  if (MERCURE_URL === undefined) {
    throw new ConfigError(
      'MERCURE_PUBLIC_URL says where another hub is; set MERCURE_URL, too, to publish there',
    );
  }
  if (PUBLIC_URL?.startsWith('https:') && !hub.startsWith('https:')) {
    throw new ConfigError(
      'MERCURE_PUBLIC_URL must be https:// as PUBLIC_URL is; browsers refuse mixed content',
    );
  }
}
