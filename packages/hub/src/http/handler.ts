import type { IncomingMessage, ServerResponse } from 'node:http';
import { HubError, type HubErrorCode } from '../diagnostics/errors.ts';
import type { Logger } from '../diagnostics/logger.ts';
import { HUB_PATH } from '../messages/topic.ts';
import { createCors } from './cors.ts';
import { sendProblem } from './problem.ts';
import { redactedUrl } from './redaction.ts';
import type { Resource, Router } from './routes.ts';

/** Called without an argument, hands a request on; that is how Express and its kin chain handlers. */
type Next = (error?: unknown) => void;
export type Handler = (request: IncomingMessage, response: ServerResponse, next?: Next) => void;

export interface HttpOptions {
  readonly router: Router;
  readonly corsOrigins: readonly string[];
  readonly isClosed: () => boolean;
  /** Where clients find out which tokens the hub takes; undefined where there is nothing to find. */
  readonly resourceMetadata: () => string | undefined;
  readonly logger: Logger;
  /** Hears of every refusal. */
  readonly onRefused: (code: HubErrorCode) => void;
}

/** Brings requests to their endpoint and turns failures into answers. Requests for other paths go to `next`. */
export function createHandler(options: HttpOptions): Handler {
  const { router, logger } = options;
  const cors = createCors(options.corsOrigins);

  return (request, response, next) => {
    const resource = router((request.url ?? '').split('?', 1)[0] ?? '');
    if (resource === undefined && next !== undefined) {
      next();
      return;
    }
    respond(request, response, resource).catch((error: unknown) => fail(request, response, error));
  };

  async function respond(
    request: IncomingMessage,
    response: ServerResponse,
    resource: Resource | undefined,
  ): Promise<void> {
    if (resource === undefined) throw new HubError('not_found', `The hub is at ${HUB_PATH}`);
    cors(request, response);
    if (options.isClosed()) {
      throw new HubError('hub_closed', 'Try again in a moment', { headers: { 'retry-after': '1' } });
    }
    const method = request.method ?? '';
    const allow = [...Object.keys(resource), 'OPTIONS'].join(', ');
    if (method === 'OPTIONS') {
      response.writeHead(204, { allow }).end();
      return;
    }
    const endpoint = Object.hasOwn(resource, method) ? resource[method] : undefined;
    if (endpoint === undefined) {
      throw new HubError('method_not_allowed', `There are ${allow}`, { headers: { allow } });
    }
    await endpoint(request, response);
  }

  function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (response.destroyed || request.errored) return;
    const failure = error instanceof HubError ? error : new HubError('internal', 'The reason is in its log');
    options.onRefused(failure.code);
    const { code, message: detail, reason } = failure;
    const details = { code, detail, reason, method: request.method, url: redactedUrl(request.url ?? '') };
    if (failure.status < 500) logger.info('Request refused', details);
    else if (failure === error) logger.warn('Request failed', details);
    else logger.error('Request failed', { ...details, error });

    if (response.headersSent) response.destroy();
    else sendProblem(request, response, failure, options.resourceMetadata());
  }
}
