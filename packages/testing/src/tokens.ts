import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';

/** The type identifier of a Mercure authorization detail (Mercure 1.0, "Authorization Details"). */
const DETAIL_TYPE = 'https://mercure.rocks/authorization-detail';
const TOKEN_LIFETIME_S = 300;

interface SigningOptions {
  readonly secret: string;
  /** Default: `HS256`. */
  readonly algorithm?: string;
  /** Header fields that replace or join the usual ones. */
  readonly header?: Record<string, unknown>;
  /** Claims that replace or join the usual ones; `undefined` takes a claim out. */
  readonly claims?: Record<string, unknown>;
}

export interface ClaimTokenOptions extends SigningOptions {
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
  readonly payload?: unknown;
}

/** A token of the 0.x generation: the `mercure` claim with its selectors and, unless asked for, no `exp`. */
export function mintClaimToken({
  publish,
  subscribe,
  payload,
  ...signing
}: ClaimTokenOptions): Promise<string> {
  return sign({ mercure: { publish, subscribe, payload } }, { typ: 'JWT' }, signing);
}

export interface AccessTokenOptions extends SigningOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Topics for exact matching, or `*`. For anything else give `details`. */
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
  /** Goes with the `subscribe` topics. */
  readonly payload?: Record<string, unknown>;
  /** Whole `authorization_details`, in place of those made from `publish` and `subscribe`. */
  readonly details?: unknown;
}

/** A token of the 1.0 generation: a JWT access token (RFC 9068) with `authorization_details`, valid for five minutes. */
export function mintAccessToken({
  issuer,
  audience,
  publish,
  subscribe,
  payload,
  details = [
    ...(publish ? [detail('publish', publish)] : []),
    ...(subscribe ? [{ ...detail('subscribe', subscribe), ...(payload && { payload }) }] : []),
  ],
  ...signing
}: AccessTokenOptions): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    aud: audience,
    sub: `urn:uuid:${randomUUID()}`,
    client_id: issuer,
    iat: now,
    exp: now + TOKEN_LIFETIME_S,
    jti: `urn:uuid:${randomUUID()}`,
    authorization_details: details,
  };
  return sign(claims, { typ: 'at+jwt' }, signing);
}

function detail(action: string, topics: readonly string[]) {
  return { type: DETAIL_TYPE, actions: [action], topics: topics.map(match => ({ match })) };
}

function sign(
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  { secret, algorithm = 'HS256', header: extraHeader, claims: extraClaims }: SigningOptions,
): Promise<string> {
  return new SignJWT({ ...claims, ...extraClaims })
    .setProtectedHeader({ alg: algorithm, ...header, ...extraHeader })
    .sign(new TextEncoder().encode(secret));
}
