import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { HubError } from '../diagnostics/errors.ts';
import { parseQuery } from '../messages/form.ts';
import type { Generation } from '../messages/generation.ts';
import { type Grant, grantOfAuthorizationDetails, grantOfMercureClaim } from './claims.ts';
import { type CredentialSources, type Credentials, readCredentials } from './credentials.ts';
import { GrantCache } from './grant-cache.ts';
import {
  createIssuerVerifiers,
  createRoleVerifiers,
  type Issuer,
  type Role,
  type RoleVerifiers,
} from './issuers.ts';
import type { TokenVerifier } from './verifier.ts';

export type { Grant } from './claims.ts';

export interface AuthorizationOptions extends CredentialSources {
  readonly generations: readonly Generation[];
  /** Verify the tokens of 0.x and, without `issuers`, those of the hub's own origin. */
  readonly publisherKey: Issuer['publisherKey'];
  readonly subscriberKey: Issuer['subscriberKey'];
  /** Undefined: the hub's own origin is the only issuer of 1.0 tokens. */
  readonly issuers: readonly Issuer[] | undefined;
  /** Origins from which a cookie may publish, besides the hub's own. */
  readonly allowedOrigins: readonly string[];
  /** The origin the hub is reached at; undefined when it has not been told. */
  readonly publicOrigin: () => string | undefined;
  /** The hub's own URL, which tokens name as their audience and relative topics are relative to. */
  readonly hubUrl: () => URL;
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
   * @throws HubError `token_missing`, `token_invalid`, `credentials_malformed`, `keys_unavailable`, or `origin_refused`
   *   for a cookie that comes from a foreign page
   */
  publisher(request: IncomingMessage): Promise<Grant>;
  /**
   * What the request's token grants a subscriber; undefined without a token.
   *
   * @throws HubError `token_invalid`, `credentials_malformed` or `keys_unavailable`
   */
  subscriber(request: IncomingMessage): Promise<SubscriberGrant | undefined>;
}

/** @throws HubError `key_weak`, `key_invalid` or `options_invalid` when a key cannot be used */
export function createAuthorization(options: AuthorizationOptions): Authorization {
  const { generations, publicOrigin, hubUrl } = options;
  const shared = createRoleVerifiers('', options.publisherKey, options.subscriberKey);
  const byIssuer = options.issuers && createIssuerVerifiers(options.issuers);
  /** Keys that are fetched may be withdrawn, and their tokens with them. */
  const publisherKeys = [options, ...(options.issuers ?? [])].flatMap(
    ({ publisherKey }) => publisherKey ?? [],
  );
  const publisherGrants = publisherKeys.some(key => 'jwksUrl' in key) ? undefined : new GrantCache();

  /** The header's `typ` tells the generations apart: only a 1.0 token is an `at+jwt`. */
  async function grantOf({ token, from }: Credentials, role: Role): Promise<Grant> {
    const isOfStandard = isAccessToken(token);
    const generation = isOfStandard ? '1.0' : '0.x';
    if (!generations.includes(generation)) {
      throw new HubError(
        'token_invalid',
        isOfStandard
          ? 'This hub does not take access tokens of Mercure 1.0'
          : 'This hub takes access tokens of Mercure 1.0 only, whose header has the typ "at+jwt"',
      );
    }
    if (!isOfStandard) return grantOfMercureClaim(await verifierOf(shared, role).verify(token));
    if (from === 'query')
      throw new HubError('token_invalid', 'A Mercure 1.0 access token is not taken from the URL');
    return grantOfAuthorizationDetails(await verifyAccessToken(token, role), hubUrl());
  }

  /** Demands everything of Mercure 1.0, "Token Validation". */
  async function verifyAccessToken(token: string, role: Role): Promise<JWTPayload> {
    const origin = publicOrigin();
    if (origin === undefined) {
      throw untrusted('The hub has no publicUrl, so it cannot tell whether it is the audience of a token');
    }
    const issuer = issuerOf(token);
    const trusted =
      byIssuer?.get(issuer) ?? (byIssuer === undefined && issuer === origin ? shared : undefined);
    if (trusted === undefined) {
      const issuers = [...(byIssuer?.keys() ?? [origin])].map(name => `"${name}"`).join(', ');
      throw untrusted(`The token's issuer "${issuer}" is not one of ${issuers}`);
    }
    return verifierOf(trusted, role).verify(token, {
      typ: 'at+jwt',
      issuer,
      audience: hubUrl().href,
      requiredClaims: ['exp'],
    });
  }

  return {
    async publisher(request) {
      const credentials = readCredentials(request, parseQuery(request), options);
      if (credentials === undefined) throw new HubError('token_missing', 'Publishing needs a token');
      if (credentials.from === 'cookie') checkOrigin(request, options);
      const { token, from } = credentials;
      const verify = () => grantOf(credentials, 'publisher');
      return publisherGrants?.get(token, `${from} ${hubUrl().href}`, verify) ?? verify();
    },
    async subscriber(request) {
      const credentials = readCredentials(request, parseQuery(request), options);
      if (credentials === undefined) return undefined;
      const grant = await grantOf(credentials, 'subscriber');
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

function isAccessToken(token: string): boolean {
  try {
    const { typ } = decodeProtectedHeader(token);
    return typeof typ === 'string' && typ.toLowerCase().replace(/^application\//, '') === 'at+jwt';
  } catch {
    // The verifier says what is wrong with it.
    return false;
  }
}

/** Whom the token claims to come from: it decides which keys must prove it. */
function issuerOf(token: string): string {
  try {
    return String(decodeJwt(token).iss ?? '');
  } catch {
    throw new HubError('token_invalid', 'The token is not a signed JWT in compact serialization');
  }
}

function verifierOf(verifiers: RoleVerifiers, role: Role): TokenVerifier {
  const verifier = verifiers[role];
  if (verifier === undefined) throw untrusted(`There is no ${role}Key for tokens of this kind`);
  return verifier;
}

function untrusted(reason: string): HubError {
  return new HubError(
    'token_invalid',
    'The token does not come from an issuer that this hub trusts for this',
    {
      reason,
    },
  );
}

/**
 * Publishing by cookie is open to cross-site request forgery: the page must be the hub's own or one that is trusted
 * (Mercure 1.0, "Security Considerations").
 */
function checkOrigin(request: IncomingMessage, { allowedOrigins, publicOrigin }: AuthorizationOptions): void {
  const origin = request.headers.origin ?? URL.parse(request.headers.referer ?? '')?.origin;
  if (origin === undefined) {
    throw new HubError('origin_refused', 'Publishing with a cookie needs an Origin or a Referer');
  }
  const sameHost = URL.parse(origin)?.host === request.headers.host;
  if (!sameHost && origin !== publicOrigin() && !allowedOrigins.includes(origin)) {
    throw new HubError('origin_refused', 'This origin is not allowed to publish with a cookie', {
      reason: `"${origin}" is not among the allowedOrigins`,
    });
  }
}
