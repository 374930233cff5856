import type { IncomingMessage, ServerResponse } from 'node:http';
import { HubError, type HubErrorCode } from '../diagnostics/errors.ts';
import type { Logger } from '../diagnostics/logger.ts';
import { HUB_PATH } from '../messages/topic.ts';
import { createCors } from './cors.ts';

/** The first is the one that load balancers of the seed's kind ask; the others are named as the reference hub's. */
const READY_PATHS = ['/healthz', '/mercure/health/ready'];
const LIVE_PATH = '/mercure/health/live';

/** Longest unread request body that is received to its end after a refusal. */
const MAX_DROPPED_BYTES = 16 * 1024 * 1024;

export type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
/** Called without an argument, hands a request on; that is how Express and its kin chain handlers. */
type Next = (error?: unknown) => void;
export type Handler = (request: IncomingMessage, response: ServerResponse, next?: Next) => void;

export interface HttpOptions {
  readonly subscribe: Endpoint;
  readonly publish: Endpoint;
  readonly ready: Endpoint;
  readonly live: Endpoint;
  readonly corsOrigins: readonly string[];
  readonly isClosed: () => boolean;
  readonly logger: Logger;
  /** Hears of every refusal. */
  readonly onRefused: (code: HubErrorCode) => void;
}

/** Brings requests to their endpoint and turns failures into answers. Requests for other paths go to `next`. */
export function createHandler(options: HttpOptions): Handler {
  const { subscribe, publish, ready, live, logger } = options;
  const cors = createCors(options.corsOrigins);
  const endpointsByPath: Readonly<Record<string, Readonly<Record<string, Endpoint>>>> = {
    [HUB_PATH]: { GET: subscribe, HEAD: subscribe, POST: publish },
    ...Object.fromEntries(READY_PATHS.map(path => [path, { GET: ready, HEAD: ready }])),
    [LIVE_PATH]: { GET: live, HEAD: live },
  };

  return (request, response, next) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const endpoints = Object.hasOwn(endpointsByPath, path) ? endpointsByPath[path] : undefined;
    if (endpoints === undefined && next !== undefined) {
      next();
      return;
    }
    respond(request, response, endpoints).catch((error: unknown) => fail(request, response, error));
  };

  async function respond(
    request: IncomingMessage,
    response: ServerResponse,
    endpoints: Readonly<Record<string, Endpoint>> | undefined,
  ): Promise<void> {
    if (endpoints === undefined) throw new HubError('not_found', `The hub is at ${HUB_PATH}`);
    cors(request, response);
    if (options.isClosed()) {
      throw new HubError('hub_closed', 'Try again in a moment', { 'retry-after': '1' });
    }
    const method = request.method ?? '';
    const allow = [...Object.keys(endpoints), 'OPTIONS'].join(', ');
    if (method === 'OPTIONS') {
      response.writeHead(204, { allow }).end();
      return;
    }
    const endpoint = Object.hasOwn(endpoints, method) ? endpoints[method] : undefined;
    if (endpoint === undefined) throw new HubError('method_not_allowed', `There are ${allow}`, { allow });
    await endpoint(request, response);
  }

  function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.destroyed || request.errored) return;
    const failure = error instanceof HubError ? error : new HubError('internal', 'The reason is in its log');
    options.onRefused(failure.code);
    const details = { code: failure.code, detail: failure.message, method: request.method };
    if (failure.status < 500) logger.info('Request refused', details);
    else if (failure === error) logger.warn('Request failed', details);
    else logger.error('Request failed', { ...details, error });

    if (response.headersSent) response.destroy();
    else sendProblem(request, response, failure);
  }
}

/** Answers with problem details (RFC 9457) and, where the token is the matter, a Bearer challenge (RFC 6750). */
function sendProblem(request: IncomingMessage, response: ServerResponse, error: HubError): void {
  const { status, title, code, message: detail } = error;
  if (error.challenge !== 'none') response.setHeader('www-authenticate', challenge(error));
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

function challenge({ challenge, message }: HubError): string {
  if (challenge === 'bare' || challenge === 'none') return 'Bearer';
  // RFC 6750 section 3: a quoted string without quotes and backslashes inside.
  const description = message.replaceAll('"', "'").replace(/[^\x20-\x7e]|\\/g, '?');
  return `Bearer error="${challenge}", error_description="${description}"`;
}
