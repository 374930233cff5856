import type { IncomingMessage, ServerResponse } from 'node:http';
import { DETAIL_TYPE } from '../authorization/claims.ts';
import type { Issuer } from '../authorization/issuers.ts';
import { MATCHER_TYPES } from '../matching/matcher.ts';

const MAX_AGE_S = 300;

export interface MetadataOptions {
  readonly hubUrl: () => URL;
  readonly issuers: readonly Issuer[] | undefined;
  readonly cookieNames: readonly string[];
  /** Whether the active subscriptions can be followed. */
  readonly subscriptions: boolean;
}

/** Tells clients which tokens the hub takes and how (RFC 9728; Mercure 1.0, "Protected Resource Metadata"). */
export function createMetadataEndpoint({
  hubUrl,
  issuers = [],
  cookieNames,
  subscriptions,
}: MetadataOptions) {
  return async (_request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const servers = issuers.filter(issuer => issuer.isAuthorizationServer).map(({ issuer }) => issuer);
    const [cookieName] = cookieNames;
    response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': `max-age=${MAX_AGE_S}`,
    });
    response.end(
      JSON.stringify({
        resource: hubUrl().href,
        ...(servers.length > 0 && { authorization_servers: servers }),
        authorization_details_types_supported: [DETAIL_TYPE],
        bearer_methods_supported: ['header'],
        ...(cookieName !== undefined && { mercure_cookie: cookieName }),
        mercure_matcher_types_supported: MATCHER_TYPES,
        ...(subscriptions && { mercure_subscriptions: true }),
      }),
    );
  };
}
