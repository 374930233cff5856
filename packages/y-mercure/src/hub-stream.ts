import {
  type Backoff,
  backoffDelayMs,
  type MercureSubscription,
  onWake,
  subscribe,
} from '@cahier/mercure-client';
import {
  type DocumentEvent,
  type ErrorCode,
  type RequestError,
  type StreamEvent,
  type Subscription,
  streamEventSchema,
} from '@cahier/protocol';
import { uuidv4 } from 'lib0/random';
import { asRequestError, judgeReading } from './failures.ts';
import { NOT_STANDING, type StreamStanding } from './members.ts';

/** How streams are made, whoever listens. */
export interface StreamConnection {
  /** Asks for topics and a fresh token. */
  requestSubscription(documents: readonly string[], signal: AbortSignal): Promise<Subscription>;
  /** Has the server send `nonce` down the stream. */
  requestEcho(connection: string, nonce: string): Promise<void>;
  /** What a relative hub URL is relative to. */
  baseUrl: string;
  fetch?: typeof fetch;
  silenceTimeoutMs: number;
  backoff?: Backoff;
  /** An echo that takes longer has been held back. Default: 2.5 s. */
  echoTimeoutMs?: number;
}

export interface HubStreamOptions extends StreamConnection {
  /** A stream has opened, or none is open any more. */
  onStanding(standing: StreamStanding): void;
  onEvent(event: DocumentEvent): void;
  onUnknownEvent(): void;
  /** One of the documents may not be listened to (any more). */
  onRefused(documentId: string, code: ErrorCode): void;
  /** None of them may be; the stream is closed. */
  onEnd(error: RequestError): void;
}

/** A token is renewed when this part of its life has passed. */
const RENEW_AT = 0.85;
/** Timers cannot be set further ahead. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const ECHO_TIMEOUT_MS = 2_500;
const SECOND_LOOK_MS = 500;
/** How often a way that holds streams back is tried again: people need not wait for it, the log is asked meanwhile. */
const HELD_BACK_BACKOFF: Backoff = { minDelayMs: 20_000, maxDelayMs: 120_000 };

/**
 * One stream from the hub for a set of documents. Topics and tokens are short-lived, so every connection begins with a
 * new subscription: when the stream breaks, when a document is added, when somebody's rights have changed, and shortly
 * before the token expires.
 *
 * Proxies that collect an answer before they pass it on let a stream open and then nothing through. So every stream is
 * asked for an echo; one that stays away closes it. From then on only a stream that has echoed counts as open.
 */
export class HubStream {
  readonly #options: HubStreamOptions;
  #documents: readonly string[] = [];
  #subscription: MercureSubscription | undefined;
  #granted: Subscription | undefined;
  #granting: readonly string[] = [];
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #echo: { nonce: string; timer: ReturnType<typeof setTimeout> | undefined } | undefined;
  /** How many streams in a row were held back, and when the next is tried. */
  #heldBack = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #stopWaking: () => void = () => {};

  constructor(options: HubStreamOptions) {
    this.#options = options;
  }

  /** What it is to bring. What is not wanted any more goes with the next renewal: nobody is interrupted for it. */
  setDocuments(documents: readonly string[]): void {
    const added = documents.some(documentId => !this.#documents.includes(documentId));
    this.#documents = documents;
    if (documents.length === 0) this.close();
    else if (this.#subscription !== undefined) added && this.renew();
    else if (this.#pause === undefined) this.#start();
  }

  /** Asks anew what may be listened to, and connects accordingly. */
  renew(): void {
    this.#subscription?.reconnect();
  }

  /** Tries again at once, if it is waiting to. */
  retryNow(): void {
    if (this.#pause !== undefined) this.#start();
    else if (this.#subscription?.state.status === 'waiting') this.renew();
  }

  /** Finds out whether the stream still flows. */
  probe(): void {
    const connection = this.#granted?.connection;
    if (connection === undefined || this.#echo !== undefined || this.#subscription?.state.status !== 'open')
      return;
    const echo = { nonce: uuidv4(), timer: undefined as ReturnType<typeof setTimeout> | undefined };
    this.#echo = echo;
    this.#options.requestEcho(connection, echo.nonce).then(
      () => {
        if (this.#echo !== echo) return;
        echo.timer = setTimeout(() => {
          // After a moment in which nothing ran here, what has arrived is read before judgement is passed.
          echo.timer = setTimeout(() => this.#holdBack(), SECOND_LOOK_MS);
        }, this.#options.echoTimeoutMs ?? ECHO_TIMEOUT_MS);
      },
      () => {
        // No answer: that says nothing of the stream, which will break by itself.
        if (this.#echo === echo) this.#echo = undefined;
      },
    );
  }

  close(): void {
    this.#stop();
    this.#heldBack = 0;
    this.#documents = [];
    this.#stopWaking();
    this.#stopWaking = () => {};
  }

  #start(): void {
    const { fetch, backoff, silenceTimeoutMs } = this.#options;
    this.#stop();
    this.#stopWaking();
    this.#stopWaking = onWake(() => {
      if (this.#pause !== undefined) this.#start();
    });
    this.#subscription = subscribe(signal => this.#prepare(signal), {
      ...(fetch === undefined ? {} : { fetch }),
      ...(backoff === undefined ? {} : { backoff }),
      silenceTimeoutMs,
      onOpen: () => this.#opened(),
      onStateChange: ({ status }) => {
        if (status === 'connecting' || status === 'waiting') this.#interrupted();
      },
      onEvent: ({ data }) => this.#receive(data),
    });
  }

  #stop(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    clearTimeout(this.#renewal);
    this.#forgetEcho();
    const subscription = this.#subscription;
    this.#subscription = undefined;
    this.#granted = undefined;
    subscription?.close();
  }

  async #prepare(signal: AbortSignal) {
    const { requestSubscription, baseUrl, onEnd, onRefused } = this.#options;
    clearTimeout(this.#renewal);
    const documents = this.#documents;
    let granted: Subscription;
    try {
      granted = await requestSubscription(documents, signal);
    } catch (error) {
      const reason = asRequestError(error);
      if (judgeReading(reason) !== 'retry' && !signal.aborted) {
        this.close();
        onEnd(reason);
      }
      throw error;
    }
    signal.throwIfAborted();
    const refused = new Set(granted.refused.map(({ documentId }) => documentId));
    this.#granted = granted;
    this.#granting = documents.filter(documentId => !refused.has(documentId));
    for (const { documentId, code } of granted.refused) onRefused(documentId, code);
    signal.throwIfAborted();
    const renewInMs = granted.expiresInSeconds * 1000 * RENEW_AT;
    this.#renewal = setTimeout(() => this.renew(), Math.min(renewInMs, MAX_TIMER_MS));
    return { hub: new URL(granted.hub, baseUrl), topics: granted.topics, token: granted.token };
  }

  #opened(): void {
    if (this.#heldBack === 0) this.#announce();
    this.probe();
  }

  #announce(): void {
    if (this.#granted === undefined) return;
    const { connection } = this.#granted;
    this.#options.onStanding({ connection, documents: this.#granting, heldBack: false });
  }

  #interrupted(): void {
    this.#forgetEcho();
    this.#options.onStanding({ ...NOT_STANDING, heldBack: this.#heldBack > 0 });
  }

  #receive(data: string): void {
    const event = parseEvent(data);
    if (event === undefined) {
      this.#options.onUnknownEvent();
    } else if (event.type === 'echo') {
      if (event.nonce === this.#echo?.nonce) this.#flows();
    } else {
      // Rights may have changed: those that we have are told by the next subscription.
      if (event.type === 'access') this.renew();
      this.#options.onEvent(event);
    }
  }

  #flows(): void {
    this.#forgetEcho();
    if (this.#heldBack === 0) return;
    this.#heldBack = 0;
    this.#announce();
  }

  #holdBack(): void {
    this.#heldBack += 1;
    this.#stop();
    this.#options.onStanding({ ...NOT_STANDING, heldBack: true });
    this.#pause = setTimeout(() => this.#start(), backoffDelayMs(this.#heldBack, HELD_BACK_BACKOFF, 5_000));
  }

  #forgetEcho(): void {
    clearTimeout(this.#echo?.timer);
    this.#echo = undefined;
  }
}

function parseEvent(data: string): StreamEvent | undefined {
  try {
    return streamEventSchema.safeParse(JSON.parse(data)).data;
  } catch {
    return undefined;
  }
}
