import type { IncomingMessage } from 'node:http';
import { HubError } from '../diagnostics/errors.ts';
import type { Form } from '../messages/form.ts';

/** The cookies of the two generations, the safer one first. */
export const COOKIE_NAMES = {
  '1.0': '__Secure-mercure_access_token',
  '0.x': 'mercureAuthorization',
} as const;

/** The query parameter that a token of 0.x may come in. */
export const TOKEN_PARAMETER = 'authorization';

export interface Credentials {
  readonly token: string;
  /** A cookie is sent by the browser whoever makes the request, so its use may need further proof. */
  readonly from: 'header' | 'query' | 'cookie';
}

export interface CredentialSources {
  readonly cookieNames: readonly string[];
  /** Whether the query may carry a token (Mercure 0.x, "URI Query Parameter"). */
  readonly tokenInQuery: boolean;
}

/**
 * Finds the token of a request: the `Authorization` header if there is one, else the query parameter of 0.x, else a
 * cookie (Mercure 1.0, "Presenting the Access Token"; 0.x, "Authorization").
 *
 * @throws HubError `credentials_malformed`, or `token_missing` for another scheme than Bearer
 */
export function readCredentials(
  request: IncomingMessage,
  query: Form,
  { cookieNames, tokenInQuery }: CredentialSources,
): Credentials | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) return { token: bearerToken(authorization), from: 'header' };

  if (tokenInQuery && query.has(TOKEN_PARAMETER)) {
    const [token = '', ...more] = query.getAll(TOKEN_PARAMETER);
    if (token === '' || more.length > 0) {
      throw new HubError('credentials_malformed', `"${TOKEN_PARAMETER}" holds exactly one token`);
    }
    return { token, from: 'query' };
  }
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
