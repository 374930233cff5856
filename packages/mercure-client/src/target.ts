/** What to listen to: a hub and at least one topic, in either generation of the protocol. */
export interface Target {
  /** The hub's URL. Relative URLs are resolved against the page, where there is one. */
  hub: string | URL;
  /** Topics or URI templates, sent as `topic=`: the 0.x protocol, understood by every hub. */
  topics?: readonly string[];
  /** Exact topics, sent as `match=`: the 1.0 protocol. */
  match?: readonly string[];
  /** URL patterns, sent as `match_urlpattern=`: the 1.0 protocol. */
  matchUrlPattern?: readonly string[];
  /** A subscriber token (JWT), sent as a bearer token. Without it only public updates arrive, or what a cookie allows. */
  token?: string;
}

/** @throws TypeError when the URL is not one, or no topic is named */
export function subscriptionUrl(target: Target): URL {
  const { topics = [], match = [], matchUrlPattern = [] } = target;
  if (topics.length + match.length + matchUrlPattern.length === 0) {
    throw new TypeError('A subscription needs at least one topic');
  }
  const url = hubUrl(target.hub);
  for (const topic of topics) url.searchParams.append('topic', topic);
  for (const topic of match) url.searchParams.append('match', topic);
  for (const pattern of matchUrlPattern) url.searchParams.append('match_urlpattern', pattern);
  return url;
}

/** @throws TypeError when the URL is not one, or is relative where there is no page */
export function hubUrl(hub: string | URL): URL {
  const { location: page } = globalThis as { readonly location?: { readonly href: string } };
  return new URL(hub, page?.href);
}
