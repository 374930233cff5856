import { createAuthorization } from './authorization/authorization.ts';
import { Acceptances } from './diagnostics/acceptances.ts';
import { HubError } from './diagnostics/errors.ts';
import { Counters, type HubStatistics } from './diagnostics/statistics.ts';
import { createClientAddress } from './endpoints/client-address.ts';
import { createDebugPage } from './endpoints/debug-page.ts';
import { createHealthEndpoints } from './endpoints/health.ts';
import { createMetadataEndpoint } from './endpoints/metadata.ts';
import { createPublishEndpoint } from './endpoints/publish.ts';
import { createSubscribeEndpoint, type SubscriptionChange } from './endpoints/subscribe.ts';
import { createSubscriptionsEndpoint } from './endpoints/subscriptions.ts';
import { createHandler, type Handler } from './http/handler.ts';
import { createRouter, metadataUrl } from './http/routes.ts';
import { HUB_PATH } from './messages/topic.ts';
import { createUpdate, type Update, type UpdateDraft } from './messages/update.ts';
import { type HubOptions, resolveOptions } from './options.ts';
import { Announcements } from './streams/announcements.ts';
import { ConnectionLimits } from './streams/connection-limits.ts';
import { Cursor } from './streams/cursor.ts';
import { Subscribers } from './streams/subscribers.ts';

export interface Hub {
  /**
   * Serves `/.well-known/mercure`, `/healthz` and `/mercure/health/` for `node:http` and Express. Other paths go to `next`, or get a 404.
   * Belongs before body parsers.
   */
  readonly handler: Handler;
  /** The id of the newest event in the history, for clients to resume from; `earliest` when there is none. */
  readonly lastEventId: string;
  /**
   * Publishes an update from within the process, under the rules that publishers over HTTP are under. Resolves when the
   * transport has stored it.
   *
   * @throws HubError `topic_missing`, `topic_invalid`, `update_invalid`, `update_too_large` or `hub_closed`
   */
  publish(draft: UpdateDraft): Promise<{ id: string }>;
  /** What the hub has done and how it is; `renderMetrics` writes it in Prometheus' text format. */
  statistics(): HubStatistics;
  /** Ends every stream that listens to exactly this topic, after what is queued for it. */
  endStreams(selection: { topic: string }): void;
  /**
   * Refuses new requests with 503, ends all streams after what is queued for them, and closes the transport. May be
   * called more than once.
   */
  close(): Promise<void>;
}

/**
 * Makes a Mercure hub. It does not listen: give its `handler` to a server.
 *
 * @throws HubError `key_weak`, `key_invalid` or `options_invalid`
 */
export function createHub(options: HubOptions): Hub {
  const resolved = resolveOptions(options);
  const { transport, logger, maxUpdateBytes, hubUrl } = resolved;
  const hubPath = () => hubUrl().pathname;
  const authorization = createAuthorization(resolved);
  const subscribers = new Subscribers();
  const cursor = new Cursor(transport);

  const counters = new Counters();
  const acceptances = new Acceptances<Update>();

  const onLost = () => {
    logger.warn(
      'The transport has lost events on their way: all streams end, and their clients resume from the history',
    );
    void subscribers.endAll('history_lost', resolved.retryMs);
  };
  transport.listen(event => {
    counters.deliveriesTotal += subscribers.dispatch(event);
    cursor.note(event);
    const acceptedAtMs = acceptances.take(event.update);
    if (acceptedAtMs === undefined) return;
    subscribers.writeQueue.whenWritten(() => counters.delivered((performance.now() - acceptedAtMs) / 1_000));
  }, onLost);
  // Twice per interval, because the first call after an event only notes the silence.
  const heartbeat = setInterval(
    () => subscribers.heartbeat(cursor.heartbeat()),
    resolved.heartbeatIntervalMs / 2,
  ).unref();

  const onSubscriptionChange = (change: SubscriptionChange) => {
    try {
      options.onSubscriptionChange?.(change);
    } catch (error) {
      // The stream must not suffer from its observer.
      logger.error('onSubscriptionChange failed', { error });
    }
  };
  // Straight to the transport, as a closing hub publishes no more: those who follow are to hear of the last streams' end.
  const announcements = resolved.subscriptions ? new Announcements(transport, hubPath, logger) : undefined;
  let closing: Promise<void> | undefined;
  const isClosed = () => closing !== undefined;
  const publish = async (update: Update) => {
    if (isClosed()) throw new HubError('hub_closed', 'The hub is closed');
    acceptances.add(update);
    try {
      await transport.publish(update);
      counters.updatesTotal++;
    } catch (error) {
      counters.updatesFailed++;
      throw error;
    } finally {
      // Of what was refused nobody has heard.
      acceptances.take(update);
    }
  };
  const hasMetadata = resolved.hasPublicUrl && resolved.generations.includes('1.0');
  const endpoints = {
    subscribe: createSubscribeEndpoint({
      ...resolved,
      authorization,
      subscribers,
      cursor,
      announcements,
      limits: new ConnectionLimits(resolved),
      clientAddress: createClientAddress(resolved.trustedProxies),
      counters,
      isClosed,
      onSubscriptionChange,
    }),
    publish: createPublishEndpoint({ authorization, publish, maxUpdateBytes, hubPath }),
    ...createHealthEndpoints(transport),
    metadata: hasMetadata ? createMetadataEndpoint(resolved) : undefined,
    subscriptions: resolved.subscriptions
      ? createSubscriptionsEndpoint({ ...resolved, authorization, subscribers })
      : undefined,
    pages: resolved.debugPage ? createDebugPage(`${HUB_PATH}/debug`) : new Map(),
  };
  const handler = createHandler({
    router: createRouter(endpoints, hubPath),
    corsOrigins: resolved.corsOrigins,
    isClosed,
    resourceMetadata: () => (hasMetadata ? metadataUrl(hubUrl()) : undefined),
    logger,
    onRefused: code => counters.refused(code),
  });

  return {
    handler,
    get lastEventId() {
      return transport.lastEventId;
    },
    async publish(draft) {
      const update = createUpdate(draft, maxUpdateBytes, hubPath());
      await publish(update);
      return { id: update.id };
    },
    statistics: () =>
      counters.snapshot({
        subscribersConnected: subscribers.size,
        queueBytes: subscribers.queuedBytes,
        history: transport.historySize,
      }),
    endStreams: ({ topic }) => subscribers.endTopic(topic, 'access_ended'),
    close() {
      closing ??= (async () => {
        clearInterval(heartbeat);
        await subscribers.endAll('hub_closed', resolved.retryMs);
        await announcements?.settled();
        await transport.close();
      })();
      return closing;
    },
  };
}
