import { type Backoff, type MercureSubscription, subscribe } from '@cahier/mercure-client';
import {
  type DocumentEvent,
  documentEventSchema,
  type RequestError,
  type Subscription,
} from '@cahier/protocol';
import { asRequestError, judgeReading, type ReadingVerdict } from './failures.ts';

export interface DocumentStreamOptions {
  /** Asks for topics and a fresh token. */
  requestSubscription(signal: AbortSignal): Promise<Subscription>;
  /** What a relative hub URL is relative to. */
  baseUrl: string;
  fetch?: typeof fetch;
  silenceTimeoutMs: number;
  backoff?: Backoff;
  /** A stream has opened, the first time or again; presence is reported under `connection`. */
  onOpen(connection: string): void;
  /** No stream is open any more; another is being opened. */
  onInterruption(): void;
  onEvent(event: DocumentEvent): void;
  /** Something else than a document's event arrived: something may be missing. */
  onUnknownEvent(): void;
  /** We may not listen (any more). */
  onEnd(reason: Exclude<ReadingVerdict, 'retry'>, error: RequestError): void;
}

/** A token is renewed when this part of its life has passed. */
const RENEW_AT = 0.85;
/** Timers cannot be set further ahead. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The stream of one document. Topics and tokens are short-lived, so every connection begins with a new subscription:
 * when the stream breaks, when our rights may have changed, and shortly before the token expires.
 */
export class DocumentStream {
  readonly #options: DocumentStreamOptions;
  #subscription: MercureSubscription | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #connection = '';

  constructor(options: DocumentStreamOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#subscription?.state.status === 'open';
  }

  start(): void {
    const { fetch, backoff, silenceTimeoutMs, onOpen, onInterruption } = this.#options;
    this.#subscription = subscribe(signal => this.#prepare(signal), {
      ...(fetch === undefined ? {} : { fetch }),
      ...(backoff === undefined ? {} : { backoff }),
      silenceTimeoutMs,
      onOpen: () => onOpen(this.#connection),
      onStateChange: state => {
        if (state.status === 'connecting' || state.status === 'waiting') onInterruption();
      },
      onEvent: ({ data }) => this.#deliver(data),
    });
  }

  /** Asks anew what our rights are, and connects accordingly. */
  renew(): void {
    this.#subscription?.reconnect();
  }

  /** Tries again at once, if it is waiting to. */
  retryNow(): void {
    if (this.#subscription?.state.status === 'waiting') this.renew();
  }

  close(): void {
    clearTimeout(this.#renewal);
    this.#subscription?.close();
    this.#subscription = undefined;
  }

  async #prepare(signal: AbortSignal) {
    const { requestSubscription, baseUrl, onEnd } = this.#options;
    clearTimeout(this.#renewal);
    let granted: Subscription;
    try {
      granted = await requestSubscription(signal);
    } catch (error) {
      const reason = asRequestError(error);
      const verdict = judgeReading(reason);
      if (verdict !== 'retry' && !signal.aborted) onEnd(verdict, reason);
      throw error;
    }
    signal.throwIfAborted();
    this.#connection = granted.connection;
    const renewInMs = granted.expiresInSeconds * 1000 * RENEW_AT;
    this.#renewal = setTimeout(() => this.renew(), Math.min(renewInMs, MAX_TIMER_MS));
    return { hub: new URL(granted.hub, baseUrl), topics: granted.topics, token: granted.token };
  }

  #deliver(data: string): void {
    const event = parseEvent(data);
    if (event === undefined) this.#options.onUnknownEvent();
    else this.#options.onEvent(event);
  }
}

function parseEvent(data: string): DocumentEvent | undefined {
  try {
    return documentEventSchema.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}
