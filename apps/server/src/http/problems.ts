import { errors, type Problem } from '@cahier/protocol';
import type { ErrorRequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { CodedError, isStorageFailure } from '../errors.ts';

/** Sends problem details (RFC 9457). */
function sendProblem(response: Response, error: CodedError): void {
  const { code, status, detail, pointers, retryAfterSeconds } = error;
  const problem: Problem = {
    type: `/problems/${code}`,
    title: errors[code].title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(pointers === undefined ? {} : { errors: [...pointers] }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  if (retryAfterSeconds !== undefined) response.set('retry-after', String(retryAfterSeconds));
  response
    .status(status)
    .set('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problem));
}

/** The last station of every request that failed. What is not the caller's doing is logged, never shown. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    const coded = toCodedError(error);
    // A coded error without a cause was logged where it was made.
    const isNews = coded !== error || coded.cause !== undefined;
    if (coded.status >= 500 && isNews) {
      logger.error(
        { error, requestId: response.locals.requestId, method: request.method, path: request.path },
        coded.message,
      );
    }
    if (response.headersSent) return next(error);
    // The rest of a body that was refused unread would otherwise be taken for the next request.
    if (!request.complete) response.set('connection', 'close');
    sendProblem(response, coded);
  };
}

function toCodedError(error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  if (isStorageFailure(error)) {
    return new CodedError('storage_unavailable', { retryAfterSeconds: 1, cause: error });
  }
  const { status } = error as { status?: unknown };
  // The framework's own refusals, of a malformed address for example.
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new CodedError('invalid_request', { cause: error });
  }
  return new CodedError('internal_error', { cause: error });
}
