import type { IncomingMessage } from 'node:http';
import { HubError } from '../diagnostics/errors.ts';

/** The cookies of the two generations, the safer one first. */
export const DEFAULT_COOKIE_NAMES = ['__Secure-mercure_access_token', 'mercureAuthorization'] as const;

export interface Credentials {
  readonly token: string;
  /** A cookie is sent by the browser whoever makes the request, so its use may need further proof. */
  readonly from: 'header' | 'cookie';
}

/**
 * Finds the token of a request: the `Authorization` header if there is one, else a cookie (Mercure 1.0, "Presenting the
 * Access Token").
 *
 * @throws HubError `credentials_malformed`, or `token_missing` for another scheme than Bearer
 */
export function readCredentials(
  request: IncomingMessage,
  cookieNames: readonly string[],
): Credentials | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) return { token: bearerToken(authorization), from: 'header' };

  const cookies = parseCookies(request.headers.cookie ?? '');
  for (const name of cookieNames) {
    const token = cookies.get(name);
    if (token) return { token, from: 'cookie' };
  }
  return undefined;
}

function bearerToken(authorization: string): string {
  const [scheme = '', token = '', ...rest] = authorization.trim().split(/ +/);
  if (scheme.toLowerCase() !== 'bearer') {
    // RFC 6750 section 3.1: an unsupported scheme is answered like missing credentials.
    throw new HubError('token_missing', 'The hub takes tokens of the Bearer scheme only');
  }
  if (token === '' || rest.length > 0) {
    throw new HubError('credentials_malformed', 'After "Bearer" comes exactly one token');
  }
  return token;
}

/** RFC 6265 section 5.4; of several cookies with one name the first, which has the most specific path, counts. */
function parseCookies(header: string): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals === -1) continue;
    const name = pair.slice(0, equals).trim();
    if (!cookies.has(name)) cookies.set(name, pair.slice(equals + 1).trim());
  }
  return cookies;
}
