import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HubError } from '../diagnostics/errors.ts';

/** Longest unread request body that is received to its end after a refusal. */
const MAX_DROPPED_BYTES = 16 * 1024 * 1024;

/**
 * Answers with problem details (RFC 9457) and, where the token is the matter, a Bearer challenge (RFC 6750).
 *
 * @param resourceMetadata - where clients find out which tokens the hub takes (RFC 9728), if anywhere
 */
export function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  error: HubError,
  resourceMetadata: string | undefined,
): void {
  const { status, title, code, message: detail } = error;
  if (error.challenge !== 'none') response.setHeader('www-authenticate', challenge(error, resourceMetadata));
  if (hasLongBody(request)) response.setHeader('connection', 'close');
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    ...error.headers,
  });
  response.end(`${JSON.stringify({ type: 'about:blank', title, status, detail, code })}\n`);
}

/**
 * A short body that nobody reads is received and dropped, so that its sender gets to see the answer; a long one, or one
 * of unknown length, is not worth that.
 */
function hasLongBody({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  return (
    headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > MAX_DROPPED_BYTES
  );
}

function challenge({ challenge: error, message }: HubError, resourceMetadata: string | undefined): string {
  const parameters: [name: string, value: string][] = [];
  if (error !== 'bare' && error !== 'none') parameters.push(['error', error], ['error_description', message]);
  if (resourceMetadata !== undefined) parameters.push(['resource_metadata', resourceMetadata]);
  const written = parameters.map(([name, value]) => `${name}="${quotable(value)}"`);
  return ['Bearer', ...(written.length > 0 ? [written.join(', ')] : [])].join(' ');
}

/** RFC 6750 section 3: quoted strings without quotes, backslashes and what is not ASCII. */
function quotable(text: string): string {
  return text.replaceAll('"', "'").replace(/[^\x20-\x7e]|\\/g, '?');
}
