import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler } from 'express';
import { CodedError } from '../errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses requests that change something and come from a page of another site (OWASP, "Cross-Site Request Forgery
 * Prevention": Fetch Metadata, with the Origin header where a browser does not send it). Programs send neither.
 *
 * @param publicUrl - the application's own address, which a proxy may have replaced in the Host header
 */
export function refuseCrossOrigin(publicUrl: () => string): RequestHandler {
  return (request, _response, next) => {
    if (!SAFE_METHODS.has(request.method) && !isSameOrigin(request, publicUrl)) {
      throw new CodedError('cross_origin_refused');
    }
    next();
  };
}

function isSameOrigin(request: Request, publicUrl: () => string): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('origin');
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  return origin === new URL(publicUrl()).origin || new URL(origin).host === request.host;
}

/** Whether a request says by itself that it comes from no page, or from one of this origin; what else may be, Express finds out. */
export function isPlainlySameOrigin({ headers }: IncomingMessage): boolean {
  const site = headers['sec-fetch-site'];
  return site === 'same-origin' || (site === undefined && headers.origin === undefined);
}
