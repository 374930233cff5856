import {
  createRemoteJWKSet,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { HubError } from '../diagnostics/errors.ts';
import { checkRemoteKeys, type LoadedKey, loadKey, type RemoteKeys, type VerificationKey } from './keys.ts';

/** Longest wait for an authorization server's keys. */
const JWKS_TIMEOUT_MS = 5_000;
const DEFAULT_COOLDOWN_MS = 30_000;
/** How long fetched keys are used without asking again. */
const JWKS_MAX_AGE_MS = 600_000;

/** Verifies signatures with keys that are known beforehand; the token never brings a key or an algorithm of its own. */
export interface TokenVerifier {
  /**
   * @throws HubError `token_invalid`, whose message discloses nothing of the hub's set-up while its `reason` says what
   *   is wrong; `keys_unavailable` when an authorization server does not give its keys
   */
  verify(token: string, requirements?: JWTVerifyOptions): Promise<JWTPayload>;
}

type Verify = (token: string, requirements: JWTVerifyOptions) => Promise<JWTPayload>;

/**
 * Makes the verifier of one role: a token may be signed with any of its keys.
 *
 * @param name - where the keys stand in the options, for messages
 * @throws HubError `key_weak` or `key_invalid`
 */
export function createVerifier(
  name: string,
  given: VerificationKey | readonly VerificationKey[],
): TokenVerifier {
  const list = [given].flat();
  if (list.length === 0) throw new HubError('key_invalid', `${name}: there is no key`);
  const loaded = list.flatMap(key => ('jwksUrl' in key ? [] : [loadKey(name, key)]));
  const remote = list.flatMap(key => ('jwksUrl' in key ? [remoteVerification(name, key)] : []));
  const known = [...new Set(loaded.map(({ algorithm }) => algorithm))].join(', ');

  return {
    async verify(token, requirements = {}) {
      const { alg, kid } = readHeader(token);
      const candidates: Verify[] = [
        ...loaded.filter(key => isCandidate(key, alg, kid)).map(verification),
        ...remote,
      ];
      let failure = unverifiable(
        `The token is signed with ${alg}${kid === undefined ? '' : ` and the key "${kid}"`}; ${name} has no such key (algorithms: ${known})`,
      );
      for (const verify of candidates) {
        try {
          return await verify(token, requirements);
        } catch (error) {
          failure = explain(error, name);
          // A signature that verifies settles whose token it is, whatever else is wrong with it.
          if (
            !(
              error instanceof errors.JWSSignatureVerificationFailed ||
              error instanceof errors.JWKSNoMatchingKey
            )
          ) {
            throw failure;
          }
        }
      }
      throw failure;
    },
  };
}

function readHeader(token: string): { alg: string; kid: string | undefined } {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    return { alg: String(alg), kid: typeof kid === 'string' ? kid : undefined };
  } catch {
    throw new HubError('token_invalid', 'The token is not a signed JWT in compact serialization');
  }
}

/** The key identifier is a hint where both sides have one. */
function isCandidate({ algorithm, keyId }: LoadedKey, alg: string, kid: string | undefined): boolean {
  return algorithm === alg && (keyId === undefined || kid === undefined || keyId === kid);
}

function verification({ key, algorithm }: LoadedKey): Verify {
  return async (token, requirements) =>
    (await jwtVerify(token, key, { ...requirements, algorithms: [algorithm] })).payload;
}

function remoteVerification(name: string, given: RemoteKeys): Verify {
  const { url, algorithms } = checkRemoteKeys(name, given);
  const keys = createRemoteJWKSet(url, {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cooldownDuration: given.cooldownMs ?? DEFAULT_COOLDOWN_MS,
    cacheMaxAge: JWKS_MAX_AGE_MS,
  });
  return async (token, requirements) => {
    const options = { ...requirements, algorithms };
    try {
      return (await jwtVerify(token, keys, options)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      let failure: unknown = error;
      for await (const key of error) {
        try {
          return (await jwtVerify(token, key, options)).payload;
        } catch (nextError) {
          if (!(nextError instanceof errors.JWSSignatureVerificationFailed)) throw nextError;
          failure = nextError;
        }
      }
      throw failure;
    }
  };
}

/** What is known of a token only after its signature has been verified tells its bearer nothing that it cannot read. */
function explain(error: unknown, name: string): HubError {
  if (error instanceof errors.JWTExpired) return new HubError('token_invalid', 'The token has expired');
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new HubError('token_invalid', `The token's ${error.claim} is missing or not acceptable here`, {
      reason: `${error.message}; the token has ${JSON.stringify(error.payload[error.claim])}`,
    });
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return unverifiable(`The signature does not verify with ${name}`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JWKSNoMatchingKey) {
    return unverifiable(`${name} has no key for the token's alg and kid`);
  }
  if (
    error instanceof errors.JOSEError &&
    !error.code.startsWith('ERR_JWKS') &&
    error.code !== 'ERR_JOSE_GENERIC'
  ) {
    return new HubError('token_invalid', 'The token is not a signed JWT in compact serialization', {
      reason: error.message,
    });
  }
  return new HubError('keys_unavailable', 'Try again in a moment', {
    headers: { 'retry-after': '5' },
    reason: `${name}: ${error instanceof Error ? error.message : error}`,
  });
}

function unverifiable(reason: string): HubError {
  return new HubError('token_invalid', 'The token is not signed with a key that this hub trusts for this', {
    reason,
  });
}
