import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The page's own files, beside the sources as beside what is compiled from them. */
const DIRECTORY = new URL('../../debug/', import.meta.url);

const FILES: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '': { name: 'index.html', type: 'text/html; charset=utf-8' },
  'debug.css': { name: 'debug.css', type: 'text/css; charset=utf-8' },
  'debug.js': { name: 'debug.js', type: 'text/javascript; charset=utf-8' },
  'event-stream.js': { name: 'event-stream.js', type: 'text/javascript; charset=utf-8' },
  'subscriptions.js': { name: 'subscriptions.js', type: 'text/javascript; charset=utf-8' },
};

/** The page loads nothing and talks to nobody but the hub that it comes from. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The endpoints of the debug page, by their paths: it subscribes, publishes and shows the active subscriptions, with
 * tokens that its user brings, and can do nothing that those tokens do not allow anyway.
 *
 * @param base - the path of its directory, without a slash at the end
 */
export function createDebugPage(base: string): ReadonlyMap<string, Endpoint> {
  const page = new Map<string, Endpoint>();
  for (const [path, { name, type }] of Object.entries(FILES)) {
    const content = readFileSync(new URL(name, DIRECTORY));
    page.set(`${base}/${path}`, async (_request, response) => {
      response.writeHead(200, { ...HEADERS, 'content-type': type }).end(content);
    });
  }
  // Relative, because a proxy may serve the hub under a prefix.
  const location = `${base.slice(base.lastIndexOf('/') + 1)}/`;
  page.set(base, async (_request, response) => {
    response.writeHead(308, { location }).end();
  });
  return page;
}
