import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Authorization, Grant, SubscriberGrant } from '../authorization/authorization.ts';
import { HubError } from '../diagnostics/errors.ts';
import type { Logger } from '../diagnostics/logger.ts';
import type { Counters } from '../diagnostics/statistics.ts';
import type { TopicMatcher } from '../matching/matcher.ts';
import { serializeOpening } from '../messages/event-stream.ts';
import type { Generation } from '../messages/generation.ts';
import { EARLIEST } from '../messages/update.ts';
import type { Announcements } from '../streams/announcements.ts';
import { catchUp } from '../streams/catch-up.ts';
import type { ConnectionLimits } from '../streams/connection-limits.ts';
import type { Cursor } from '../streams/cursor.ts';
import { History } from '../streams/history.ts';
import { Deadlines } from '../streams/lifetime.ts';
import { canDetach, type Outlet, openOutlet } from '../streams/outlet.ts';
import { type EndReason, Subscriber } from '../streams/subscriber.ts';
import type { Subscribers } from '../streams/subscribers.ts';
import type { Position, Transport } from '../transports/transport.ts';
import { readSubscriptionQuery, type SubscriptionQueryOptions } from './subscription-query.ts';

/** Says that a stream opened or ended. */
export interface SubscriptionChange {
  readonly active: boolean;
  /** Unique to the stream. */
  readonly subscriberId: string;
  /** The topics and templates the stream was opened with. */
  readonly topics: readonly string[];
  /** What its token attaches to it: `mercure.payload`, or the payload of the first matching authorization detail. */
  readonly payload: unknown;
}

export interface SubscribeOptions extends SubscriptionQueryOptions {
  readonly authorization: Authorization;
  readonly transport: Transport;
  readonly subscribers: Subscribers;
  readonly cursor: Cursor;
  readonly anonymous: boolean;
  readonly retryMs: number;
  /** Undefined: no limit but the token's. */
  readonly maxConnectionMs: number | undefined;
  readonly maxQueueBytesPerSubscriber: number;
  readonly limits: ConnectionLimits;
  readonly clientAddress: (request: IncomingMessage) => string;
  readonly counters: Counters;
  readonly isClosed: () => boolean;
  readonly logger: Logger;
  readonly onSubscriptionChange: (change: SubscriptionChange) => void;
  /** Undefined: the active subscriptions cannot be followed. */
  readonly announcements: Announcements | undefined;
}

/** `GET` and `QUERY` on the hub: open an event stream. `HEAD` answers with the same headers and ends. */
export function createSubscribeEndpoint(options: SubscribeOptions) {
  const { authorization, transport, subscribers, counters, logger } = options;
  const history = new History(transport);
  const deadlines = new Deadlines(options.maxConnectionMs);

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const grant = await authorization.subscriber(request);
    if (grant === undefined && !options.anonymous) {
      throw new HubError('token_missing', 'Subscribing to this hub needs a token');
    }
    const { matchers, lastEventId: requestedId } = await readSubscriptionQuery(request, options);
    if (response.destroyed) return;
    const leave = request.method === 'HEAD' ? undefined : takePlace(request, response, grant);
    const found = requestedId === undefined ? undefined : await transport.find(requestedId);
    // An unknown id was most likely discarded, so everything that is left came after it.
    const known = requestedId === EARLIEST ? undefined : found;
    const resumeFrom = known ?? (requestedId === undefined ? undefined : EARLIEST);

    const headers = streamHeaders(requestedId, found, options.generations);
    if (leave === undefined) {
      response.writeHead(200, headers).end();
      return;
    }
    if (options.isClosed()) {
      throw new HubError('hub_closed', 'Try again in a moment', { headers: { 'retry-after': '1' } });
    }
    if (response.destroyed) return;

    response.writeHead(200, { ...headers, ...(canDetach(response) && { connection: 'close' }) });
    response.write(serializeOpening(options.retryMs));
    const cursor = resumeFrom === undefined ? options.cursor.opening() : undefined;
    if (cursor !== undefined) response.write(cursor);
    const outlet = openOutlet(response);
    response.off('close', leave);
    outlet.onClose(leave);
    const subscriber = open(outlet, matchers, grant, resumeFrom !== undefined);
    if (resumeFrom !== undefined) await catchUp(subscriber, resumeFrom, history);
  };

  /** Counts the stream until its connection is over; returns what is called then. */
  function takePlace(
    request: IncomingMessage,
    response: ServerResponse,
    grant: SubscriberGrant | undefined,
  ): () => void {
    const leave = options.limits.admit(options.clientAddress(request), grant?.tokenKey);
    response.once('close', leave);
    return leave;
  }

  function open(
    outlet: Outlet,
    matchers: readonly TopicMatcher[],
    grant: Grant | undefined,
    resumes: boolean,
  ): Subscriber {
    const topics = topicsOf(matchers);
    const subscriber = new Subscriber(outlet, {
      matchers,
      grant,
      resumes,
      maxQueueBytes: options.maxQueueBytesPerSubscriber,
      writeQueue: subscribers.writeQueue,
      onEnd,
    });
    deadlines.add(subscriber, grant?.expiresAtMs);
    subscribers.add(subscriber);
    counters.subscribersTotal++;
    logger.debug('Stream opened', { subscriber: subscriber.id, topics });
    if (grant !== undefined && !grant.subscribe.matchesAny(topics)) {
      logger.info('The token covers none of the topics: private updates will not arrive', { topics });
    }
    announce(subscriber, true);
    return subscriber;
  }

  function onEnd(subscriber: Subscriber, reason: EndReason): void {
    deadlines.remove(subscriber);
    subscribers.remove(subscriber);
    if (reason === 'too_slow' || reason === 'history_lost') counters.subscribersDropped[reason]++;
    logger.debug('Stream ended', { subscriber: subscriber.id, reason });
    announce(subscriber, false);
  }

  function announce({ id: subscriberId, matchers, subscriptions }: Subscriber, active: boolean): void {
    const payload = subscriptions.find(subscription => subscription.payload !== undefined)?.payload;
    options.onSubscriptionChange({ active, subscriberId, topics: topicsOf(matchers), payload });
    options.announcements?.announce(subscriptions, active);
  }
}

function topicsOf(matchers: readonly TopicMatcher[]): string[] {
  return matchers.map(({ pattern }) => pattern);
}

/**
 * The response tells from where the stream goes on: the id that was asked for, or `earliest` when the hub does not have
 * it, by which the client sees that it may have lost events (Mercure 1.0, "Reconnection").
 */
function streamHeaders(
  requestedId: string | undefined,
  found: Position | undefined,
  generations: readonly Generation[],
): Record<string, string> {
  const headers = {
    'content-type': 'text/event-stream',
    // `no-transform` also keeps compressing middleware, which would buffer, away.
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  };
  if (requestedId === undefined) return headers;
  // As in the request, the header carries the bytes of UTF-8.
  const precedingId = found === undefined ? EARLIEST : Buffer.from(requestedId).toString('latin1');
  return {
    ...headers,
    'mercure-last-event-id': precedingId,
    ...(generations.includes('0.x') && { 'last-event-id': precedingId }),
  };
}
