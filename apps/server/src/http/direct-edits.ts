import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { operations, PERSON_HEADER, type Person } from '@cahier/protocol';
import type { Logger } from 'pino';
import type { Accounts } from '../domain/accounts.ts';
import type { Documents } from '../domain/documents.ts';
import { bodyAtHand, parseJson, saysJson } from './json-body.ts';
import { isPlainlySameOrigin } from './origin.ts';
import { valid } from './register.ts';
import { beginRequest } from './request-log.ts';
import { readSessionCookie } from './session-cookie.ts';

/** More is no longer a matter of a moment. */
const MAX_BODY_BYTES = 64 * 1024;

const { params: paramsSchema, body: bodySchema, path } = operations.sendUpdate;
const PATH = new RegExp(`^${path.replace('{documentId}', '([^/?]+)')}$`);

interface Dependencies {
  readonly accounts: Pick<Accounts, 'recall'>;
  readonly documents: Pick<Documents, 'append'>;
  readonly logger: Logger;
  readonly isShuttingDown: () => boolean;
}

/** What went wrong with a request before Express got it, for it to answer. */
const failures = new WeakMap<IncomingMessage, unknown>();

export const failureOf = (request: IncomingMessage): unknown => failures.get(request);

/**
 * Lets edits past the chain of Express, which takes longer than everything else that happens to an edit until others see
 * it. That is for the usual case: what is unusual about a request, or goes wrong, is left to `app`.
 */
export function directEdits(app: RequestListener, dependencies: Dependencies): RequestListener {
  const take = async (
    request: IncomingMessage,
    response: ServerResponse,
    person: Person,
    documentId: string,
  ) => {
    // The body is read when the head's listeners have returned.
    await undefined;
    const bytes = bodyAtHand(request, MAX_BODY_BYTES);
    if (bytes === undefined) return app(request, response);
    beginRequest(request, response, dependencies.logger);
    try {
      const params = valid(paramsSchema, { documentId });
      const edits = valid(bodySchema, parseJson(bytes), '/');
      const seq = await dependencies.documents.append(person, params.documentId, edits);
      const answer = JSON.stringify({ seq });
      response
        .writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': answer.length,
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        })
        .end(answer);
    } catch (error) {
      failures.set(request, error);
      app(request, response);
    }
  };
  return (request, response) => {
    const documentId = request.method === 'POST' ? PATH.exec(request.url ?? '')?.[1] : undefined;
    const person = documentId === undefined ? undefined : usualSender(request, dependencies);
    if (documentId === undefined || person === undefined) app(request, response);
    else void take(request, response, person, documentId);
  };
}

/** Who sends it, if there is nothing about it that has to be looked at more closely. */
function usualSender(
  request: IncomingMessage,
  { accounts, isShuttingDown }: Dependencies,
): Person | undefined {
  if (isShuttingDown() || !saysJson(request) || !isPlainlySameOrigin(request)) return undefined;
  const token = readSessionCookie(request);
  const person = token === undefined ? undefined : accounts.recall(token);
  const meant = request.headers[PERSON_HEADER] ?? person?.id;
  return person?.id === meant ? person : undefined;
}
