import type { RequestHandler } from 'express';
import { CodedError } from '../errors.ts';

/**
 * Answers at the hub's addresses when the hub runs elsewhere. `/healthz` is well: whoever asks for the health of the
 * hub has to ask the hub.
 *
 * @param publicUrl - where browsers find the hub
 */
export function hubElsewhere(publicUrl: string): RequestHandler {
  return (request, response) => {
    const asksForHealth = request.path === '/healthz' && ['GET', 'HEAD'].includes(request.method);
    if (!asksForHealth) throw new CodedError('not_found', { detail: whereItIs(publicUrl) });
    response.set('cache-control', 'no-store').type('text/plain').send('ok: the hub runs elsewhere\n');
  };
}

/** A path is one that a proxy in front of us was meant to bring to the hub. */
function whereItIs(publicUrl: string): string {
  return publicUrl.startsWith('/')
    ? `The hub runs elsewhere (MERCURE_URL): a proxy has to bring ${publicUrl} there, or MERCURE_PUBLIC_URL to be set`
    : `The hub is at ${publicUrl}`;
}
