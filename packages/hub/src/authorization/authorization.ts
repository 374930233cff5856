import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { decodeProtectedHeader, type JWTPayload } from 'jose';
import { HubError } from '../diagnostics/errors.ts';
import { HUB_PATH } from '../messages/topic.ts';
import { type Grant, grantOfAuthorizationDetails, grantOfMercureClaim } from './claims.ts';
import { readCredentials } from './credentials.ts';
import { createVerifier, type SecretKey, type TokenVerifier } from './keys.ts';

export type { Grant } from './claims.ts';

export interface AuthorizationOptions {
  readonly publisherKey: SecretKey;
  readonly subscriberKey: SecretKey;
  readonly cookieNames: readonly string[];
  /** Origins from which a cookie may publish, besides the hub's own. */
  readonly allowedOrigins: readonly string[];
  /** The hub's public URL without its path `/.well-known/mercure`; undefined when it has not been told. */
  readonly publicUrl: () => URL | undefined;
}

export interface SubscriberGrant extends Grant {
  /** The same for every use of the token, and tells nothing about it. */
  readonly tokenKey: string;
}

/** Finds out what the sender of a request may do. */
export interface Authorization {
  /**
   * What the request's token grants a publisher.
   *
   * @throws HubError `token_missing`, `token_invalid`, `credentials_malformed`, or `origin_refused` for a cookie that
   *   comes from a foreign page
   */
  publisher(request: IncomingMessage): Promise<Grant>;
  /**
   * What the request's token grants a subscriber; undefined without a token.
   *
   * @throws HubError `token_invalid` or `credentials_malformed`
   */
  subscriber(request: IncomingMessage): Promise<SubscriberGrant | undefined>;
}

/** @throws HubError `key_weak` or `options_invalid` when a key cannot be used */
export function createAuthorization(options: AuthorizationOptions): Authorization {
  const publisherVerifier = createVerifier('publisherKey', options.publisherKey);
  const subscriberVerifier = createVerifier('subscriberKey', options.subscriberKey);

  return {
    async publisher(request) {
      const credentials = readCredentials(request, options.cookieNames);
      if (credentials === undefined) throw new HubError('token_missing', 'Publishing needs a token');
      if (credentials.from === 'cookie') checkOrigin(request, options);
      return grantOf(credentials.token, publisherVerifier, options.publicUrl());
    },
    async subscriber(request) {
      const credentials = readCredentials(request, options.cookieNames);
      if (credentials === undefined) return undefined;
      const grant = await grantOf(credentials.token, subscriberVerifier, options.publicUrl());
      return { ...grant, tokenKey: tokenKey(credentials.token) };
    },
  };
}

/** A hash of what is signed: signatures of some algorithms can be rewritten into others that verify as well. */
function tokenKey(token: string): string {
  return createHash('sha256')
    .update(token.slice(0, token.lastIndexOf('.')))
    .digest('base64');
}

/**
 * Verifies a token of either generation. The header's `typ` tells them apart: only a 1.0 token is an `at+jwt`, and then
 * everything of Mercure 1.0, "Token Validation", is demanded.
 */
async function grantOf(token: string, verifier: TokenVerifier, publicUrl: URL | undefined): Promise<Grant> {
  if (!isAccessToken(token)) return grantOfMercureClaim(await verifier.verify(token));
  if (publicUrl === undefined) {
    throw new HubError(
      'token_invalid',
      'This hub has no public URL and cannot tell whether it is the audience',
    );
  }
  const claims: JWTPayload = await verifier.verify(token, {
    typ: 'at+jwt',
    issuer: publicUrl.origin,
    audience: resourceIdentifier(publicUrl),
    requiredClaims: ['exp'],
  });
  return grantOfAuthorizationDetails(claims);
}

/** The hub's URL, which is what tokens name as their audience. */
function resourceIdentifier({ origin, pathname }: URL): string {
  return `${origin}${pathname.replace(/\/$/, '')}${HUB_PATH}`;
}

function isAccessToken(token: string): boolean {
  try {
    const { typ } = decodeProtectedHeader(token);
    return typeof typ === 'string' && typ.toLowerCase().replace(/^application\//, '') === 'at+jwt';
  } catch {
    // The verifier says what is wrong with it.
    return false;
  }
}

/**
 * Publishing by cookie is open to cross-site request forgery: the page must be the hub's own or one that is trusted
 * (Mercure 1.0, "Security Considerations").
 */
function checkOrigin(request: IncomingMessage, { allowedOrigins, publicUrl }: AuthorizationOptions): void {
  const origin = request.headers.origin ?? URL.parse(request.headers.referer ?? '')?.origin;
  if (origin === undefined) {
    throw new HubError('origin_refused', 'Publishing with a cookie needs an Origin or a Referer');
  }
  const sameHost = URL.parse(origin)?.host === request.headers.host;
  if (!sameHost && origin !== publicUrl()?.origin && !allowedOrigins.includes(origin)) {
    throw new HubError('origin_refused', 'This origin is not allowed to publish with a cookie');
  }
}
