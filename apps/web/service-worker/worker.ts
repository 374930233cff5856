// Lets the application open without the server. It keeps the application's own files, and nothing that the server
// says: what a person may see is kept elsewhere, under that person's name.

declare const self: ServiceWorkerGlobalScope;
/** Filled in by the build: the files that the application needs, and what tells this version from others. */
declare const __FILES__: string[];
declare const __VERSION__: string;

const PREFIX = 'cahier-';
const CACHE = `${PREFIX}${__VERSION__}`;
/** Tabs of the version before may still load parts of it. */
const PREVIOUS_VERSIONS_KEPT = 1;
/** A network that gives no page for so long is as good as none. */
const PAGE_TIMEOUT_MS = 4_000;
/** Addresses at which a browser finds something else than the application. */
const NOT_THE_APP = /^\/(api|assets|\.well-known|healthz|healthcheck|problems)(\/|$)/;

self.addEventListener('install', event => {
  passBy(event);
  event.waitUntil(install());
});
self.addEventListener('activate', event => event.waitUntil(activate()));

self.addEventListener('fetch', event => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (!NOT_THE_APP.test(pathname)) event.respondWith(page(request));
  } else if (pathname.startsWith('/assets/')) {
    event.respondWith(asset(request));
  } else if (__FILES__.includes(pathname)) {
    event.respondWith(
      fetch(request).catch(async error => (await fromCache(request)) ?? Promise.reject(error)),
    );
  }
});

/** Static routes of the Service Worker specification, which not every browser has. */
interface StaticRouter {
  addRoutes?(rules: { condition: { urlPattern: { pathname: string } }; source: 'network' }[]): Promise<void>;
}

/**
 * What the server says does not go by way of the worker: it would be slower, and a request that is to outlive its page
 * (`keepalive`) ends with it when the worker has not been asked yet.
 */
function passBy(event: ExtendableEvent & StaticRouter): void {
  const rules = ['/api/*', '/.well-known/*'].map(pathname => ({
    condition: { urlPattern: { pathname } },
    source: 'network' as const,
  }));
  event.waitUntil(event.addRoutes?.(rules).catch(() => {}) ?? Promise.resolve());
}

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(
    __FILES__.map(file => new Request(file, { cache: 'no-cache', headers: { accept: 'text/html, */*' } })),
  );
  await self.skipWaiting();
}

async function activate(): Promise<void> {
  const versions = (await caches.keys()).filter(name => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(versions.slice(0, -PREVIOUS_VERSIONS_KEPT).map(name => caches.delete(name)));
  await self.clients.claim();
}

/** The page as the server has it now; the one kept here only where there is none to be had. */
async function page(request: Request): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match('/');
  if (kept === undefined) return fetch(request);
  const timeout = new Promise<Response>(resolve => setTimeout(resolve, PAGE_TIMEOUT_MS, kept));
  const answer = fetch(request).then(
    response => (response.status >= 500 ? kept : response),
    () => kept,
  );
  return Promise.race([answer, timeout]);
}

/** Files with a hash in their name never change. */
async function asset(request: Request): Promise<Response> {
  const kept = await fromCache(request);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.ok) await (await caches.open(CACHE)).put(request, response.clone());
  return response;
}

const fromCache = (request: Request) => caches.match(request, { ignoreVary: true });
