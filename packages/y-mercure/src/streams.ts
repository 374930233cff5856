import type { DocumentEvent, RequestError } from '@cahier/protocol';
import type { ReadingVerdict } from './failures.ts';

/** Why nothing of a document comes (any more). */
type StreamEnd = Exclude<ReadingVerdict, 'retry'>;

/** What somebody who has a document open hears of its stream. */
export interface StreamListener {
  /** A stream has opened, the first time or again; presence is reported under `connection`. */
  onOpen(connection: string): void;
  /**
   * No stream brings this document any more; another is being opened. `heldBack`: one can be opened, but what is sent
   * down it does not arrive in time.
   */
  onInterruption(heldBack: boolean): void;
  onEvent(event: DocumentEvent): void;
  /** Something else than a document's event arrived: something may be missing. */
  onUnknownEvent(): void;
  /** We may not listen to this document (any more). */
  onEnd(reason: StreamEnd, error: RequestError): void;
}

/** One listener's part in a stream. */
export interface StreamMembership {
  /** Tries again at once, if the stream waits to be opened. */
  retryNow(): void;
  /** Something did not come that should have: finds out whether the stream still flows. */
  probe(): void;
  close(): void;
}

/** Brings the events of documents to those who have them open, over as few streams as it can. */
export interface DocumentStreams {
  listen(documentId: string, listener: StreamListener): StreamMembership;
}
