import type { IncomingMessage } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request, Response } from 'express';
import { SESSION_LIFETIME_MS } from '../domain/accounts.ts';

const SESSION_COOKIE = 'cahier_session';

/** Longer than any token we hand out. */
const MAX_TOKEN_LENGTH = 100;

export function readSessionCookie({ headers }: IncomingMessage): string | undefined {
  const header = headers.cookie;
  const token = header === undefined ? undefined : parseCookie(header)[SESSION_COOKIE];
  return token && token.length <= MAX_TOKEN_LENGTH ? token : undefined;
}

export function setSessionCookie(request: Request, response: Response, token: string): void {
  append(request, response, token, SESSION_LIFETIME_MS / 1000);
}

export function clearSessionCookie(request: Request, response: Response): void {
  append(request, response, '', 0);
}

function append(request: Request, response: Response, value: string, maxAge: number) {
  response.append(
    'set-cookie',
    stringifySetCookie({
      name: SESSION_COOKIE,
      value,
      maxAge,
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure: request.secure,
    }),
  );
}
