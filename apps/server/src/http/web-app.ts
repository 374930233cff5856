import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type IRouter, type Request } from 'express';
import { CodedError } from '../errors.ts';

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Cahier</title>
<h1>The web application has not been built</h1>
<p>The server is running. <code>npm start</code> builds the pages it serves, or <code>npm run build</code> alone.</p>
</html>
`;

/**
 * Serves the built web application: its hashed files for ever, its page never from a cache, and the page for every
 * address that a person navigates to.
 */
export function serveWebApp(router: IRouter, directory: string): void {
  const page = join(directory, 'index.html');
  router.use(
    '/assets',
    express.static(join(directory, 'assets'), {
      immutable: true,
      maxAge: '1y',
      index: false,
      redirect: false,
    }),
  );
  router.use(
    express.static(directory, {
      index: false,
      redirect: false,
      cacheControl: false,
      dotfiles: 'ignore',
      setHeaders: revalidate,
    }),
  );
  router.use((request, response, next) => {
    if (!isNavigation(request)) throw new CodedError('not_found');
    revalidate(response);
    if (!existsSync(page)) {
      response.status(503).type('html').send(NOT_BUILT);
      return;
    }
    response.sendFile(page, { cacheControl: false }, error => error && next(error));
  });
}

const revalidate = (response: { setHeader(name: string, value: string): unknown }) => {
  response.setHeader('cache-control', 'no-cache');
};

/** What a person sees in a browser's window, not what a program asks for or a page loads. */
function isNavigation(request: Request): boolean {
  return (
    (request.method === 'GET' || request.method === 'HEAD') &&
    !/^\/(api|assets|\.well-known)(\/|$)/.test(request.path) &&
    (request.get('accept') ?? '').includes('text/html')
  );
}
