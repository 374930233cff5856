import type { IncomingMessage, ServerResponse } from 'node:http';

/** What pages on other origins need to read: the cursor in both generations' spelling, discovery, and the refusal. */
const EXPOSED_HEADERS = 'Mercure-Last-Event-ID, Last-Event-ID, Link, ETag, WWW-Authenticate';
const ALLOWED_HEADERS = 'Authorization, Cache-Control, Content-Type, If-None-Match, Last-Event-ID';
const PREFLIGHT_MAX_AGE_S = 7_200;

/**
 * Lets pages of the listed origins use the hub, with their cookies (Mercure 1.0, "Subscription": an allowlist, never
 * the wildcard and never whatever origin asks).
 */
export function createCors(allowedOrigins: readonly string[]) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (allowedOrigins.length === 0) return;
    response.appendHeader('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowedOrigins.includes(origin)) return;

    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-allow-credentials', 'true');
    response.setHeader('access-control-expose-headers', EXPOSED_HEADERS);
    if (request.method !== 'OPTIONS') return;
    response.setHeader('access-control-allow-methods', 'GET, HEAD, QUERY, POST');
    response.setHeader('access-control-allow-headers', ALLOWED_HEADERS);
    response.setHeader('access-control-max-age', String(PREFLIGHT_MAX_AGE_S));
  };
}
