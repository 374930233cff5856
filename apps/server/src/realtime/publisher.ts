import { type DocumentEvent, type DocumentTopics, documentTopics } from '@cahier/protocol';
import type { Logger } from 'pino';

/** What the application needs of a Mercure hub; the integrated one fits as it is. */
export interface Hub {
  /** The id from which a subscriber misses nothing that is published from now on. */
  readonly lastEventId: string;
  publish(update: {
    topics: string[];
    data: string;
    private: boolean;
    ephemeral?: boolean;
  }): Promise<{ id: string }>;
  /** Ends the streams that listen to this topic. A hub that cannot do this ends them when their token expires. */
  endStreams?(selection: { topic: string }): unknown;
}

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

  /** Publishes privately; presence goes to its own topic and is not kept. It never rejects. */
  async publish(documentId: string, accessGeneration: number, event: DocumentEvent): Promise<void> {
    const { document, presence } = this.topics(documentId, accessGeneration);
    const update =
      event.type === 'presence' ? { topics: [presence], ephemeral: true } : { topics: [document] };
    try {
      await this.#hub.publish({ ...update, data: JSON.stringify(event), private: true });
    } catch (error) {
      this.#logger.warn({ documentId, event: event.type, error }, 'an event could not be published');
    }
  }

  /** Ends the streams of one generation of a document's topics. */
  endStreams(documentId: string, accessGeneration: number): void {
    const { document, presence } = this.topics(documentId, accessGeneration);
    for (const topic of [document, presence]) this.#hub.endStreams?.({ topic });
  }
}
