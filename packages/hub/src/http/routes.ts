import type { IncomingMessage, ServerResponse } from 'node:http';
import { HUB_PATH, SUBSCRIPTIONS_PATH } from '../messages/topic.ts';

/** The first is the one that load balancers of the seed's kind ask; the others are named as the reference hub's. */
const READY_PATHS = ['/healthz', '/mercure/health/ready'];
const LIVE_PATH = '/mercure/health/live';
/** Where RFC 9728 section 3 puts the metadata of the resource whose path follows. */
const METADATA_PREFIX = '/.well-known/oauth-protected-resource';

type Endpoint = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
/** The endpoints of one resource, by method. */
export type Resource = Readonly<Record<string, Endpoint>>;

export interface Endpoints {
  readonly subscribe: Endpoint;
  readonly publish: Endpoint;
  readonly ready: Endpoint;
  readonly live: Endpoint;
  /** Undefined: there is none. */
  readonly metadata: Endpoint | undefined;
  /** Undefined: the active subscriptions cannot be followed. */
  readonly subscriptions: Endpoint | undefined;
  /** Further things to read, by path. */
  readonly pages: ReadonlyMap<string, Endpoint>;
}

/** Finds the resource that is at a path. */
export type Router = (path: string) => Resource | undefined;

/** @param hubPath - the path of the hub's public URL, which may have a prefix that never arrives here */
export function createRouter(endpoints: Endpoints, hubPath: () => string): Router {
  const { subscribe, publish, metadata, subscriptions } = endpoints;
  const resources = new Map<string, Resource>([
    [HUB_PATH, { GET: subscribe, HEAD: subscribe, QUERY: subscribe, POST: publish }],
    ...READY_PATHS.map(path => [path, readable(endpoints.ready)] as const),
    [LIVE_PATH, readable(endpoints.live)],
    ...[...endpoints.pages].map(([path, page]) => [path, readable(page)] as const),
  ]);
  return path => {
    if (metadata !== undefined && path === METADATA_PREFIX + hubPath()) return readable(metadata);
    if (subscriptions !== undefined && isUnder(SUBSCRIPTIONS_PATH, path)) return readable(subscriptions);
    return resources.get(path);
  };
}

/** Where the OAuth protected resource metadata of a hub is. */
export function metadataUrl(hubUrl: URL): string {
  return new URL(METADATA_PREFIX + hubUrl.pathname, hubUrl).href;
}

function isUnder(parent: string, path: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

function readable(endpoint: Endpoint): Resource {
  return { GET: endpoint, HEAD: endpoint };
}
