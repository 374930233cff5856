import { createHub, type Logger as HubLogger, type Hub as IntegratedHub } from '@cahier/hub';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { OutsideHub } from './outside-hub.ts';
import type { Hub } from './publisher.ts';
import { PublisherTokens, type StreamPayload, streamPayload } from './tokens.ts';

/** The hub that the application publishes to, and serves if it is the integrated one. */
export interface OpenHub extends Hub {
  /** Serves the hub; absent when it runs elsewhere. */
  readonly handler?: IntegratedHub['handler'];
  /** What the hub has counted; absent when it runs elsewhere. */
  readonly statistics?: IntegratedHub['statistics'];
  /** From now on nothing waits for a hub that is out of reach. */
  stopRetrying?(): void;
  /** Ends what the hub holds for this process, after what is under way. */
  close(): Promise<void>;
}

interface OpenHubOptions {
  readonly logger: Logger;
  readonly publicUrl: () => string;
  /** Called when a stream has opened, and when it has ended. A hub that runs elsewhere does not say. */
  readonly onStreamChange: (isOpen: boolean, stream: StreamPayload) => void;
}

/** The hub that the configuration asks for. */
export function openHub(
  { hub }: Config,
  { logger: parent, publicUrl, onStreamChange }: OpenHubOptions,
): OpenHub {
  const logger = parent.child({ part: 'hub' });
  if (hub.outsideUrl !== undefined) {
    return new OutsideHub({ url: hub.outsideUrl, tokens: new PublisherTokens(hub.publisherSecret), logger });
  }
  return createHub({
    publicUrl,
    publisherKey: { secret: hub.publisherSecret },
    subscriberKey: { secret: hub.subscriberSecret },
    anonymous: hub.anonymous,
    logger: hubLogger(logger),
    onSubscriptionChange: ({ active, payload }) => {
      const stream = streamPayload(payload);
      if (stream) onStreamChange(active, stream);
    },
  });
}

/** The hub names the message first, pino the details. */
function hubLogger(logger: Logger): HubLogger {
  return {
    debug: (message, details = {}) => logger.debug(details, message),
    info: (message, details = {}) => logger.info(details, message),
    warn: (message, details = {}) => logger.warn(details, message),
    error: (message, details = {}) => logger.error(details, message),
  };
}
