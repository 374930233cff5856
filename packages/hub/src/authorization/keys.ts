import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { HubError } from '../diagnostics/errors.ts';

/** Shortest secret of each HMAC algorithm: the size of its hash output (RFC 7518 section 3.2), in bytes. */
const HMAC_SECRET_BYTES = { HS256: 32, HS384: 48, HS512: 64 } as const;
/** Shortest RSA key (RFC 7518 section 3.3), in bits. */
const RSA_MODULUS_BITS = 2_048;
const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;
/** Each ECDSA algorithm has its curve (RFC 7518 section 3.4), here under OpenSSL's names. */
const ECDSA_ALGORITHMS = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' } as const;

type SecretAlgorithm = keyof typeof HMAC_SECRET_BYTES;
type PublicAlgorithm =
  | (typeof RSA_ALGORITHMS)[number]
  | (typeof ECDSA_ALGORITHMS)[keyof typeof ECDSA_ALGORITHMS]
  | 'EdDSA';
const PUBLIC_ALGORITHMS: readonly string[] = [...RSA_ALGORITHMS, ...Object.values(ECDSA_ALGORITHMS), 'EdDSA'];

/** A secret for HMAC, shared with whoever issues the tokens. */
export interface SecretKey {
  /** Its UTF-8 bytes are the key. */
  readonly secret: string;
  /** The one algorithm that tokens may use with this key. Default: `HS256`. */
  readonly algorithm?: SecretAlgorithm;
}

/** The public half of an RSA, EC or Ed25519 key. */
export interface PemKey {
  /** A public key (SPKI or PKCS #1) or a certificate (X.509). */
  readonly pem: string;
  /** The one algorithm that tokens may use with this key. Default: `RS256`, the one of the curve, or `EdDSA`. */
  readonly algorithm?: PublicAlgorithm;
}

/** A public key or a secret (`kty` `oct`) as a JSON Web Key (RFC 7517); its `kid` is compared with the token's. */
export interface JwkKey {
  readonly jwk: Readonly<Record<string, unknown>>;
  /** Default: the key's `alg`, else as for {@link PemKey} and {@link SecretKey}. */
  readonly algorithm?: PublicAlgorithm | SecretAlgorithm;
}

/** An authorization server's keys, fetched when they are needed and again when a token names a new one. */
export interface RemoteKeys {
  readonly jwksUrl: string;
  /** The algorithms that tokens may use with these keys. Default: `RS256`, `ES256`, `EdDSA`. */
  readonly algorithms?: readonly PublicAlgorithm[];
  /** Shortest time between two fetches that tokens with unknown keys can bring about, in milliseconds. Default: 30,000. */
  readonly cooldownMs?: number;
}

export type VerificationKey = SecretKey | PemKey | JwkKey | RemoteKeys;

/** A key that is ready for use, bound to the only algorithm it is good for. */
export interface LoadedKey {
  readonly key: KeyObject;
  readonly algorithm: string;
  readonly keyId: string | undefined;
}

/**
 * Loads a key that is given in full.
 *
 * @param name - where it stands in the options, for messages
 * @throws HubError `key_weak` when it is too short, `key_invalid` when it is unreadable, private, or not made for the
 *   algorithm
 */
export function loadKey(name: string, given: SecretKey | PemKey | JwkKey): LoadedKey {
  if ('secret' in given) {
    if (given.secret.includes('-----BEGIN ')) {
      throw invalid(name, 'this secret is a PEM; give public keys as "pem"');
    }
    return loadSecret(name, Buffer.from(given.secret), given.algorithm ?? 'HS256', undefined);
  }
  if ('pem' in given) {
    if (given.pem.includes('PRIVATE KEY-----')) {
      throw invalid(name, 'the hub verifies only and needs no private key');
    }
    return loadPublic(name, () => createPublicKey(given.pem), given.algorithm, undefined);
  }
  const { alg, kid, use, kty, k, d } = given.jwk;
  const keyId = typeof kid === 'string' ? kid : undefined;
  if (use !== undefined && use !== 'sig') throw invalid(name, 'it is not for signatures');
  if (alg !== undefined && given.algorithm !== undefined && alg !== given.algorithm) {
    throw invalid(name, `the key is for ${alg}, not for ${given.algorithm}`);
  }
  const algorithm = given.algorithm ?? (typeof alg === 'string' ? alg : undefined);
  if (kty === 'oct') {
    if (typeof k !== 'string') throw invalid(name, 'it is not a JSON Web Key');
    return loadSecret(name, Buffer.from(k, 'base64url'), algorithm ?? 'HS256', keyId);
  }
  if (d !== undefined) throw invalid(name, 'the hub verifies only and needs no private key');
  const create = () => createPublicKey({ key: given.jwk as JsonWebKey, format: 'jwk' });
  return loadPublic(name, create, algorithm, keyId);
}

function loadSecret(name: string, bytes: Buffer, algorithm: string, keyId: string | undefined): LoadedKey {
  const minBytes = Object.hasOwn(HMAC_SECRET_BYTES, algorithm)
    ? HMAC_SECRET_BYTES[algorithm as SecretAlgorithm]
    : undefined;
  if (minBytes === undefined) {
    const known = Object.keys(HMAC_SECRET_BYTES).join(', ');
    throw invalid(name, `a secret is not for ${algorithm}, but for one of ${known}`);
  }
  if (bytes.length < minBytes) {
    const found = `this one has ${bytes.length}`;
    throw new HubError(
      'key_weak',
      `${name}: ${algorithm} needs a secret of at least ${minBytes} bytes, ${found}`,
    );
  }
  return { key: createSecretKey(bytes), algorithm, keyId };
}

function loadPublic(
  name: string,
  create: () => KeyObject,
  algorithm: string | undefined,
  keyId: string | undefined,
): LoadedKey {
  let key: KeyObject;
  try {
    key = create();
  } catch {
    throw invalid(name, 'it cannot be read as a public key');
  }
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength < RSA_MODULUS_BITS) {
    throw new HubError(
      'key_weak',
      `${name}: an RSA key needs at least ${RSA_MODULUS_BITS} bits, this one has ${modulusLength}`,
    );
  }
  const possible = algorithmsOf(key);
  const [usual] = possible;
  if (usual === undefined) {
    throw invalid(
      name,
      `keys of type ${key.asymmetricKeyType} are not supported; there are RSA, EC and Ed25519`,
    );
  }
  if (algorithm !== undefined && !possible.includes(algorithm)) {
    throw invalid(name, `this key is not for ${algorithm}, but for ${possible.join(', ')}`);
  }
  return { key, algorithm: algorithm ?? usual, keyId };
}

/** What a key can be used for, the usual algorithm first. */
function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): readonly string[] {
  if (asymmetricKeyType === 'rsa') return RSA_ALGORITHMS;
  if (asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519'];
  if (asymmetricKeyType !== 'ec') return [];
  return Object.entries(ECDSA_ALGORITHMS)
    .filter(([curve]) => curve === asymmetricKeyDetails?.namedCurve)
    .map(([, algorithm]) => algorithm);
}

/** @throws HubError `key_invalid` */
export function checkRemoteKeys(
  name: string,
  { jwksUrl, algorithms = ['RS256', 'ES256', 'EdDSA'] }: RemoteKeys,
): { url: URL; algorithms: string[] } {
  const url = URL.parse(jwksUrl);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw invalid(name, `jwksUrl is not an http or https URL: ${jwksUrl}`);
  }
  const unknown = algorithms.find(algorithm => !PUBLIC_ALGORITHMS.includes(algorithm));
  if (unknown !== undefined || algorithms.length === 0) {
    throw invalid(name, `algorithms of a key set are some of ${PUBLIC_ALGORITHMS.join(', ')}`);
  }
  return { url, algorithms: [...algorithms] };
}

function invalid(name: string, reason: string): HubError {
  return new HubError('key_invalid', `${name}: ${reason}`);
}
