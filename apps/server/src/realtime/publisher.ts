import {
  type DocumentEvent,
  type DocumentTopics,
  documentTopics,
  type StreamEvent,
  streamTopic,
} from '@cahier/protocol';
import type { Logger } from 'pino';

/** An update on its way to a hub. */
export interface HubUpdate {
  readonly topics: readonly string[];
  readonly data: string;
  readonly private: boolean;
  /** Not to be kept, where the hub can do that. */
  readonly ephemeral?: boolean;
  /** Of updates of one kind that wait for the hub, on the same topics, the newest is enough. Default: none is. */
  readonly kind?: string;
}

/** What the application needs of a Mercure hub; the integrated one fits as it is. */
export interface Hub {
  /** The id from which a subscriber misses nothing that is published from now on. */
  readonly lastEventId: string;
  /** Resolves when the hub has it. That may take as long as the hub is out of reach. */
  publish(update: HubUpdate): Promise<unknown>;
  /** Ends the streams that listen to this topic. A hub that cannot do this ends them when their token expires. */
  endStreams?(selection: { topic: string }): unknown;
}

type OfNoDocument<Event> = Event extends unknown ? Omit<Event, 'documentId'> : never;

/** What happens in a document, without its name. */
export type News = OfNoDocument<DocumentEvent>;

/** Sends a document's events to those who listen to it. A failure is logged: the log is the truth, clients heal. */
export class Publisher {
  readonly #hub: Hub;
  readonly #publicUrl: () => string;
  readonly #logger: Logger;

  /** @param publicUrl - known only once the server listens, where the port is chosen by the system */
  constructor(hub: Hub, publicUrl: () => string, logger: Logger) {
    this.#hub = hub;
    this.#publicUrl = publicUrl;
    this.#logger = logger;
  }

  get cursor(): string {
    return this.#hub.lastEventId;
  }

  topics(documentId: string, accessGeneration: number): DocumentTopics {
    return documentTopics(this.#publicUrl(), documentId, accessGeneration);
  }

  streamTopic(userId: string, connection: string): string {
    return streamTopic(this.#publicUrl(), userId, connection);
  }

  /** Sends a sign of life down one stream. It never rejects: what does not arrive is noticed at the other end. */
  async echo(userId: string, connection: string, nonce: string): Promise<void> {
    const event: StreamEvent = { type: 'echo', nonce };
    try {
      await this.#hub.publish({
        topics: [this.streamTopic(userId, connection)],
        data: JSON.stringify(event),
        private: true,
        ephemeral: true,
        kind: event.type,
      });
    } catch (error) {
      this.#logger.debug({ error }, 'an echo could not be published');
    }
  }

  /**
   * Publishes privately; presence goes to its own topic and is not kept. It never rejects. It may take as long as the
   * hub is out of reach: nobody's request waits for it.
   */
  async publish(documentId: string, accessGeneration: number, event: News): Promise<void> {
    const { document, presence } = this.topics(documentId, accessGeneration);
    const isPresence = event.type === 'presence';
    try {
      await this.#hub.publish({
        topics: [isPresence ? presence : document],
        data: JSON.stringify({ documentId, ...event }),
        private: true,
        ephemeral: isPresence,
        kind: event.type,
      });
    } catch (error) {
      // Presence is reported again soon.
      const level = isPresence ? 'debug' : 'warn';
      this.#logger[level]({ documentId, event: event.type, error }, 'an event could not be published');
    }
  }

  /** Ends the streams of one generation of a document's topics. */
  endStreams(documentId: string, accessGeneration: number): void {
    const { document, presence } = this.topics(documentId, accessGeneration);
    for (const topic of [document, presence]) this.#hub.endStreams?.({ topic });
  }
}
