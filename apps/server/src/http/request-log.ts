import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';

const REQUEST_ID_HEADER = 'x-request-id';

/**
 * Gives a request an id, unless it has one, and logs it when it is over: one line at level debug, with no query, no header,
 * no body, so that no secret gets into the log.
 *
 * @returns the id
 */
export function beginRequest(request: IncomingMessage, response: ServerResponse, logger: Logger): string {
  const given = response.getHeader(REQUEST_ID_HEADER);
  if (typeof given === 'string') return given;
  const requestId = randomUUID();
  const startedAt = performance.now();
  response.setHeader(REQUEST_ID_HEADER, requestId);
  if (!logger.isLevelEnabled('debug')) return requestId;
  const { method, url = '' } = request;
  response.on('close', () => {
    logger.debug(
      {
        requestId,
        method,
        path: url.replace(/\?.*$/s, ''),
        status: response.statusCode,
        durationMs: Math.round(performance.now() - startedAt),
      },
      'request',
    );
  });
  return requestId;
}
