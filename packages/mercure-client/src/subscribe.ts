import { type Backoff, backoffDelayMs } from './backoff.ts';
import { isFinal, MercureError } from './errors.ts';
import { type MercureEvent, type OpenInfo, readEventStream } from './event-stream.ts';
import { subscriptionUrl, type Target } from './target.ts';
import { onWake } from './wake.ts';

export type SubscriptionState =
  | { readonly status: 'connecting' }
  | { readonly status: 'open' }
  /** The next attempt happens at `retryAt` (milliseconds since the epoch), or earlier if the network comes back. */
  | {
      readonly status: 'waiting';
      readonly attempt: number;
      readonly retryAt: number;
      readonly error: unknown;
    }
  /** `error`: what made it useless to go on; null when we closed it ourselves. */
  | { readonly status: 'closed'; readonly error: MercureError | null };

export interface SubscribeOptions {
  /** Resume after this event on the first connection. */
  lastEventId?: string;
  /** Default: the global `fetch`. */
  fetch?: typeof fetch;
  /** Closes the subscription. */
  signal?: AbortSignal;
  /** Send cookies to a hub on another origin. Default: false (cookies go to the same origin only). */
  withCredentials?: boolean;
  /** How long to wait for the hub's answer. Default: 30 s. */
  connectTimeoutMs?: number;
  /**
   * A stream on which not even a comment arrives for so long is taken for dead. Default: 100 s, two and a half
   * heartbeats of the reference hub (40 s). Choose it to fit the heartbeat of your hub.
   */
  silenceTimeoutMs?: number;
  /** Events larger than this many UTF-16 code units are not accepted. Default: 16 Mi. */
  maxEventLength?: number;
  /** How attempts to reconnect are spread. */
  backoff?: Backoff;
  onEvent(event: MercureEvent): void;
  /** A stream has opened, the first time or again. */
  onOpen?(info: OpenInfo): void;
  onStateChange?(state: SubscriptionState): void;
  /** Something went wrong; the state says what happens next. */
  onError?(error: unknown): void;
}

export interface MercureSubscription {
  readonly state: SubscriptionState;
  /** Ends the stream, for good. */
  close(): void;
  /** Drops the present stream, if any, and connects at once. Does nothing once closed. */
  reconnect(): void;
}

const CONNECT_TIMEOUT_MS = 30_000;
const SILENCE_TIMEOUT_MS = 100_000;
const MAX_EVENT_LENGTH = 16 * 1024 * 1024;
/** A stream that lived for so long, or delivered something, was a success: the next failure starts counting anew. */
const STABLE_AFTER_MS = 5_000;

/**
 * Subscribes to topics of a Mercure hub and stays subscribed: after every interruption it connects again, resuming
 * after the last event received, with exponential back-off and full jitter, at once when a browser comes back online
 * or its tab becomes visible again, and not before the hub wants (`retry:`, `Retry-After`).
 *
 * 400, 401, 403 and 404 cannot be mended by repeating: a fixed `target` then closes the subscription with that error.
 * Where `target` is a function, it is asked before every connection for topics and a fresh token, and the attempts go
 * on; when it rejects, that counts as a failed attempt (`retryAfterSeconds` on its error is respected).
 *
 * @throws TypeError when a fixed target names no topic or no URL
 */
export function subscribe(
  target: Target | ((signal: AbortSignal) => Promise<Target>),
  options: SubscribeOptions,
): MercureSubscription {
  if (typeof target !== 'function') subscriptionUrl(target);

  let state: SubscriptionState = { status: 'connecting' };
  let connection = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let lastEventId = options.lastEventId ?? '';
  /** A stream was open already, and nothing says how far it got. */
  let isWithoutCursor = false;
  let reconnectionTimeMs = 0;
  let imposedUntil = 0;
  let lastActivityAt = 0;
  const silenceTimeoutMs = options.silenceTimeoutMs ?? SILENCE_TIMEOUT_MS;

  const changeTo = (next: SubscriptionState) => {
    state = next;
    options.onStateChange?.(next);
  };

  const connect = async () => {
    clearTimeout(timer);
    connection.abort();
    connection = new AbortController();
    const { signal } = connection;
    let openedAt: number | undefined;
    if (state.status !== 'connecting') changeTo({ status: 'connecting' });
    try {
      const resolved = typeof target === 'function' ? await target(signal) : target;
      signal.throwIfAborted();
      await readEventStream({
        target: resolved,
        lastEventId,
        fetch: options.fetch ?? fetch,
        credentials: options.withCredentials === true ? 'include' : 'same-origin',
        signal,
        connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
        silenceTimeoutMs,
        maxEventLength: options.maxEventLength ?? MAX_EVENT_LENGTH,
        onOpen: info => {
          openedAt = Date.now();
          lastActivityAt = openedAt;
          changeTo({ status: 'open' });
          call(options.onOpen, { ...info, historyLost: info.historyLost || isWithoutCursor });
          isWithoutCursor = lastEventId === '';
        },
        onActivity: () => {
          lastActivityAt = Date.now();
        },
        onId: id => {
          lastEventId = id;
          isWithoutCursor = id === '';
        },
        onEvent: event => {
          attempt = 0;
          call(options.onEvent, event);
        },
        onRetry: delayMs => {
          reconnectionTimeMs = delayMs;
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      if (openedAt !== undefined && Date.now() - openedAt >= STABLE_AFTER_MS) attempt = 0;
      failed(error);
    }
  };

  const failed = (error: unknown) => {
    options.onError?.(error);
    if (state.status === 'closed') return;
    if (error instanceof MercureError) {
      if (typeof target !== 'function' && isFinal(error)) return end(error);
      if (error.code === 'event_too_large') {
        // Resuming would bring the same event again: leave it out, and say so when the stream opens.
        lastEventId = '';
        isWithoutCursor = true;
      }
    }
    attempt += 1;
    const retryAfterMs = retryAfterMsOf(error);
    const delayMs = backoffDelayMs(attempt, options.backoff, Math.max(retryAfterMs, reconnectionTimeMs));
    imposedUntil = Date.now() + retryAfterMs;
    timer = setTimeout(connect, delayMs);
    changeTo({ status: 'waiting', attempt, retryAt: Date.now() + delayMs, error });
  };

  const end = (error: MercureError | null) => {
    if (state.status === 'closed') return;
    clearTimeout(timer);
    stopListening();
    options.signal?.removeEventListener('abort', close);
    connection.abort();
    changeTo({ status: 'closed', error });
  };
  const close = () => end(null);

  const stopListening = onWake(reason => {
    const now = Date.now();
    if (state.status === 'waiting') {
      // A hub that named a time is not to be asked earlier, whatever the browser thinks of the network.
      if (now >= imposedUntil) void connect();
    } else if (state.status === 'open') {
      // Connections rarely survive a change of networks, or a sleep, in which timers stand still; nor do they say so.
      if (reason !== 'visible' || now - lastActivityAt >= silenceTimeoutMs) void connect();
    }
  });
  options.signal?.addEventListener('abort', close);
  if (options.signal?.aborted) close();
  else void connect();

  return {
    get state() {
      return state;
    },
    close,
    reconnect() {
      if (state.status === 'closed') return;
      attempt = 0;
      void connect();
    },
  };
}

function retryAfterMsOf(error: unknown): number {
  const seconds = (error as { retryAfterSeconds?: unknown } | null)?.retryAfterSeconds;
  return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : 0;
}

/** A callback's own error is the application's: it is reported as uncaught, and does not end the stream. */
function call<T>(callback: ((value: T) => void) | undefined, value: T): void {
  try {
    callback?.(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
