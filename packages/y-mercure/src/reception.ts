import type { DocumentEvent } from '@cahier/protocol';
import { Overdue } from './overdue.ts';
import { Poller } from './poller.ts';
import type { DocumentStreams, StreamListener, StreamMembership } from './streams.ts';

export interface ReceptionOptions extends StreamListener {
  documentId: string;
  streams: DocumentStreams;
  /** Asks the log for what is new, unless it is being asked, or waits to be asked again. */
  poll(): void;
  /** The log is asked instead of a stream from now on, or not any more. */
  onPolling(isPolling: boolean): void;
  /** {@link Reception.status} may have changed. */
  onChange(): void;
}

/** How what others write gets here: down the stream, or, while there is none, by asking the log. */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #poller: Poller;
  readonly #overdue = new Overdue(() => this.#membership?.probe());
  #membership: StreamMembership | undefined;
  #isOpen = false;

  constructor(options: ReceptionOptions) {
    this.#options = options;
    this.#poller = new Poller({
      poll: () => options.poll(),
      onChange: () => {
        options.onPolling(this.#poller.isPolling);
        options.onChange();
      },
    });
  }

  get status(): 'open' | 'polling' | 'connecting' {
    if (this.#isOpen) return 'open';
    return this.#poller.isPolling ? 'polling' : 'connecting';
  }

  start(): void {
    const { documentId, streams, onEvent, onUnknownEvent, onEnd } = this.#options;
    this.#poller.start(false);
    this.#membership = streams.listen(documentId, {
      onOpen: connection => this.#opened(connection),
      onInterruption: heldBack => this.#interrupted(heldBack),
      onEvent: event => {
        this.#overdue.arrived(reach(event));
        onEvent(event);
      },
      onUnknownEvent,
      onEnd,
    });
  }

  /** Nothing is heard of the document any more. */
  stop(): void {
    this.#isOpen = false;
    this.#membership?.close();
    this.#membership = undefined;
    this.#poller.stop();
    this.#overdue.forget();
  }

  /** Tries at once to open a stream, if that waits to be tried again. */
  retryNow(): void {
    this.#membership?.retryNow();
  }

  /** What was written here is in the log, under this number: it has to come down the stream. */
  acknowledged(seq: number): void {
    if (this.#isOpen) this.#overdue.expect(seq);
  }

  /** Somebody writes: more may come soon. */
  hasten(): void {
    this.#poller.hasten();
  }

  /** The log has been asked, with or without success. */
  answered(success: boolean): void {
    this.#poller.answered(success);
  }

  #opened(connection: string): void {
    this.#isOpen = true;
    this.#poller.stop();
    this.#options.onOpen(connection);
    this.#options.onChange();
  }

  #interrupted(heldBack: boolean): void {
    this.#isOpen = false;
    this.#overdue.forget();
    this.#options.onInterruption(heldBack);
    this.#poller.start(heldBack);
    this.#options.onChange();
  }
}

/** The number up to which an event tells of the log; 0: it does not. */
function reach(event: DocumentEvent): number {
  if (event.type === 'updates') return event.updates.at(-1)?.seq ?? 0;
  return event.type === 'advanced' ? event.seq : 0;
}
