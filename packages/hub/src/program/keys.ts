import type { VerificationKey } from '../authorization/keys.ts';
import type { HubOptions } from '../options.ts';
import { ConfigurationError, type Values } from './settings.ts';

type Role = 'PUBLISHER' | 'SUBSCRIBER';
type KeyOptions = Pick<
  HubOptions,
  'publisherKey' | 'subscriberKey' | 'issuers' | 'generations' | 'tokenInQuery'
>;

/**
 * The options that say whose tokens are believed.
 *
 * @throws ConfigurationError when a role has no key, or an authorization server is no trusted issuer
 */
export function readKeys(values: Values): KeyOptions {
  const keys = {
    publisherKey: keysOf(values, 'PUBLISHER'),
    subscriberKey: keysOf(values, 'SUBSCRIBER'),
  };
  const { MERCURE_TRUSTED_ISSUERS: issuers, MERCURE_AUTHORIZATION_SERVERS: servers = [] } = values;
  const stranger = servers.find(server => !issuers?.includes(server));
  if (stranger !== undefined) {
    throw new ConfigurationError(
      `MERCURE_AUTHORIZATION_SERVERS has ${stranger}, which is none of MERCURE_TRUSTED_ISSUERS`,
    );
  }
  // The hub itself refuses names that are none.
  const generations = values.MERCURE_GENERATIONS as NonNullable<HubOptions['generations']>;
  return {
    generations,
    ...(values.MERCURE_TOKEN_IN_QUERY !== undefined && { tokenInQuery: values.MERCURE_TOKEN_IN_QUERY }),
    ...(issuers !== undefined && {
      issuers: issuers.map(issuer => ({
        issuer,
        ...keys,
        isAuthorizationServer: servers.includes(issuer),
      })),
    }),
    // Where there are issuers, keys without one are those of 0.x.
    ...((issuers === undefined || generations.includes('0.x')) && keys),
  };
}

/** The keys of the role's own, or else those that are for both. */
function keysOf(values: Values, role: Role): readonly VerificationKey[] {
  const own = [
    inFull(values[`MERCURE_${role}_JWT_KEY`], values[`MERCURE_${role}_JWT_ALG`]),
    remote(values[`MERCURE_${role}_JWKS_URL`], values),
  ];
  const shared = [
    inFull(values.MERCURE_JWT_SECRET_KEY, values.MERCURE_JWT_ALG),
    remote(values.MERCURE_JWKS_URL, values),
  ];
  const isThere = (key: VerificationKey | undefined) => key !== undefined;
  const keys = own.some(isThere) ? own.filter(isThere) : shared.filter(isThere);
  if (keys.length === 0) {
    throw new ConfigurationError(
      `MERCURE_${role}_JWT_KEY, MERCURE_${role}_JWKS_URL or MERCURE_JWT_SECRET_KEY is needed`,
    );
  }
  return keys;
}

/** The hub itself refuses algorithms that do not go with the key. */
function inFull(text: string | undefined, algorithm: string | undefined): VerificationKey | undefined {
  if (text === undefined) return undefined;
  const key = text.includes('-----BEGIN ')
    ? // Some ways to set a variable leave line breaks as they are written in JSON.
      { pem: text.replaceAll('\\n', '\n') }
    : { secret: text };
  return { ...key, ...(algorithm !== undefined && { algorithm }) } as VerificationKey;
}

function remote(jwksUrl: string | undefined, { MERCURE_JWKS_ALGS }: Values): VerificationKey | undefined {
  if (jwksUrl === undefined) return undefined;
  return { jwksUrl, ...(MERCURE_JWKS_ALGS && { algorithms: MERCURE_JWKS_ALGS }) } as VerificationKey;
}
