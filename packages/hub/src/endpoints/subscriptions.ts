import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authorization } from '../authorization/authorization.ts';
import { HubError } from '../diagnostics/errors.ts';
import { MATCHER_TYPES } from '../matching/matcher.ts';
import type { Generation } from '../messages/generation.ts';
import { HUB_PATH, SUBSCRIPTIONS_PATH } from '../messages/topic.ts';
import type { Subscribers } from '../streams/subscribers.ts';
import {
  describeSubscription,
  isOfStandard,
  JSON_LD_CONTEXT,
  type Subscription,
} from '../streams/subscription.ts';
import type { Transport } from '../transports/transport.ts';

export interface SubscriptionsOptions {
  readonly authorization: Authorization;
  readonly subscribers: Subscribers;
  readonly transport: Transport;
  readonly generations: readonly Generation[];
  readonly hubUrl: () => URL;
}

/** What a path of the API selects, and in which generation's shape it is answered. */
interface Selection {
  readonly generation: Generation;
  /** One subscription rather than a collection. */
  readonly isSingle: boolean;
  readonly selects: (subscription: Subscription) => boolean;
}

/** Lists the open streams' subscriptions to whom a token lets see them (Mercure 1.0 and 0.x, "Subscription API"). */
export function createSubscriptionsEndpoint(options: SubscriptionsOptions) {
  const { authorization, subscribers, transport, generations, hubUrl } = options;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const grant = await authorization.subscriber(request);
    if (grant === undefined) throw new HubError('token_missing', 'Seeing subscriptions needs a token');
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const hubPath = hubUrl().pathname;
    // The topic to authorize: the path as it was asked for, under the prefix that the hub may be reached under.
    const id = hubPath + path.slice(HUB_PATH.length);
    if (!grant.subscribe.matches(id)) {
      throw new HubError('scope_insufficient', 'The token does not allow seeing these subscriptions', {
        reason: `It does not cover "${id}"`,
      });
    }
    const { generation, isSingle, selects } = select(path, grant.generation, generations);
    // The cursor comes first, as a list may be newer than it, but never older.
    const cursor = transport.lastEventId;
    const listed = subscribers.subscriptions(selects);
    const others = (await transport.directory?.others()) ?? [];
    const found = [...listed, ...others.filter(selects)].map(found =>
      describeSubscription(found, hubPath, true),
    );
    // Whichever process is asked, an unchanged list is the same.
    if (others.length > 0) found.sort((a, b) => (a.id < b.id ? -1 : 1));
    const [single] = found;
    if (isSingle && single === undefined)
      throw new HubError('not_found', 'There is no such subscription now');
    const root = isSingle ? single : { id, type: TYPES[generation], subscriptions: found };
    const etag = etagOf(root);
    response.setHeader('etag', etag);
    response.setHeader('cache-control', 'private, no-cache, must-revalidate');
    response.appendHeader('vary', 'Authorization, Cookie');
    response.setHeader('link', link(hubUrl(), cursor, generation));
    if (matchesEtag(request.headers['if-none-match'], etag)) {
      response.writeHead(304).end();
      return;
    }
    response.setHeader('content-type', MEDIA_TYPES[generation]);
    response.end(
      JSON.stringify(
        generation === '1.0' ? root : { '@context': JSON_LD_CONTEXT, ...root, lastEventID: cursor },
      ),
    );
  };
}

/** How many segments the paths of all, of some and of one subscription have. */
const LENGTHS: Readonly<Record<Generation, readonly number[]>> = { '0.x': [0, 1, 2], '1.0': [0, 2, 3] };
const TYPES: Readonly<Record<Generation, string>> = { '0.x': 'Subscriptions', '1.0': 'subscriptions' };
const MEDIA_TYPES: Readonly<Record<Generation, string>> = {
  '0.x': 'application/ld+json',
  '1.0': 'application/json',
};

/**
 * The generations share the collection's path, and `/a/b` is a topic and its subscriber in one and a matcher type and
 * its matcher in the other: the token's generation decides, except where a path has a place in 1.0 only.
 */
function select(path: string, tokenGeneration: Generation, generations: readonly Generation[]): Selection {
  const segments = path.slice(SUBSCRIPTIONS_PATH.length).split('/').slice(1).map(decodeSegment);
  const [first, second, third] = segments;
  const generation = third === undefined ? tokenGeneration : '1.0';
  const lengths = LENGTHS[generation];
  if (!lengths.includes(segments.length) || segments.includes('') || !generations.includes(generation)) {
    throw new HubError('not_found', 'There are no subscriptions at this path');
  }
  if (generation === '0.x') {
    return {
      generation,
      isSingle: second !== undefined,
      selects: subscription =>
        !isOfStandard(subscription) &&
        (first === undefined || subscription.matcher.pattern === first) &&
        (second === undefined || subscription.subscriber === second),
    };
  }
  if (first !== undefined && !MATCHER_TYPES.some(type => type === first)) {
    throw new HubError('path_invalid', `The matcher types are ${MATCHER_TYPES.join(', ')}`);
  }
  return {
    generation,
    isSingle: third !== undefined,
    selects: subscription =>
      isOfStandard(subscription) &&
      (first === undefined || subscription.matcher.type === first) &&
      (second === undefined || subscription.matcher.pattern === second) &&
      (third === undefined || subscription.subscriber === third),
  };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new HubError('path_invalid', 'The path is not percent-encoded UTF-8');
  }
}

/** Where to follow the subscriptions, and from which event on (Mercure 1.0, "Subscription API"). */
function link(hubUrl: URL, cursor: string, generation: Generation): string {
  // As in other headers, ids travel as the bytes of UTF-8.
  const quoted = Buffer.from(cursor).toString('latin1').replace(/["\\]/g, '\\$&');
  const attributes = ['rel="mercure"', `last-event-id="${quoted}"`];
  if (generation === '1.0') attributes.push('type="mercure"', 'content-type="application/json"');
  return [`<${hubUrl.href}>`, ...attributes].join('; ');
}

/** A weak one: what differs in the cursor alone is still good, as nothing has happened that the list does not have. */
function etagOf(document: object | undefined): string {
  return `W/"${createHash('sha256').update(JSON.stringify(document)).digest('base64url')}"`;
}

/** Whether the client's copy is still good (RFC 9110 section 13.1.2). */
function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some(value => ['*', etag, etag.slice('W/'.length)].includes(value.trim()));
}
