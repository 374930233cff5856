import { createSecretKey } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { HubError } from '../diagnostics/errors.ts';

/** Shortest secret of each HMAC algorithm: the size of its hash output (RFC 7518 section 3.2), in bytes. */
const HMAC_SECRET_BYTES = { HS256: 32, HS384: 48, HS512: 64 } as const;

export interface SecretKey {
  /** Shared with whoever issues the tokens; its UTF-8 bytes are the key. */
  readonly secret: string;
  /** The one algorithm tokens may use with this key. Default: `HS256`. */
  readonly algorithm?: keyof typeof HMAC_SECRET_BYTES;
}

/** Verifies signatures with keys that are known beforehand; the token never chooses the key or the algorithm. */
export interface TokenVerifier {
  /** @throws HubError `token_invalid`, whose message says what is wrong and discloses nothing secret */
  verify(token: string, requirements?: JWTVerifyOptions): Promise<JWTPayload>;
}

/**
 * Makes the verifier of one role.
 *
 * @param name - the option's name, for messages: `publisherKey` or `subscriberKey`
 * @throws HubError `key_weak` when the secret is shorter than the algorithm asks, `options_invalid` for another algorithm
 */
export function createVerifier(name: string, { secret, algorithm = 'HS256' }: SecretKey): TokenVerifier {
  const minBytes = HMAC_SECRET_BYTES[algorithm];
  if (minBytes === undefined) {
    const known = Object.keys(HMAC_SECRET_BYTES).join(', ');
    throw new HubError(
      'options_invalid',
      `${name}: the algorithm ${algorithm} is not supported; there are ${known}`,
    );
  }
  const bytes = Buffer.from(secret);
  if (bytes.length < minBytes) {
    throw new HubError(
      'key_weak',
      `${name}: ${algorithm} needs a secret of at least ${minBytes} bytes, this one has ${bytes.length}`,
    );
  }
  const key = createSecretKey(bytes);

  return {
    async verify(token, requirements) {
      try {
        return (await jwtVerify(token, key, { ...requirements, algorithms: [algorithm] })).payload;
      } catch (error) {
        throw new HubError('token_invalid', explain(error, algorithm));
      }
    },
  };
}

function explain(error: unknown, algorithm: string): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired';
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token's ${error.claim} is not acceptable here`;
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return "The token's signature does not verify with the hub's key for this operation";
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return `The token is not signed with ${algorithm}`;
  return 'The token is not a signed JWT in compact serialization';
}
