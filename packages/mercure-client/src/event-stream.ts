import { createParser } from 'eventsource-parser';
import { MercureError, refusal } from './errors.ts';
import { subscriptionUrl, type Target } from './target.ts';

/** One update, as it came down the stream. */
export interface MercureEvent {
  /** The update's id; where it has none, the last one before it (as `EventSource` does). Empty: none came yet. */
  id: string;
  /** The event type; `message` unless the publisher chose one. */
  type: string;
  data: string;
}

export interface OpenInfo {
  /** The event id the hub resumed after; undefined where it does not say. */
  lastEventId: string | undefined;
  /**
   * False when there was no stream before, or the hub confirmed that it resumed exactly where we stopped. True: events may
   * be missing, and what they described has to be fetched anew (Mercure specification, section "Reconnection").
   */
  historyLost: boolean;
}

export interface EventStreamRequest {
  target: Target;
  /** The last event id received before; empty: none. */
  lastEventId: string;
  fetch: typeof fetch;
  credentials: 'include' | 'same-origin';
  signal: AbortSignal;
  connectTimeoutMs: number;
  silenceTimeoutMs: number;
  /** In UTF-16 code units. */
  maxEventLength: number;
  onOpen(info: OpenInfo): void;
  /** Something came, if only a heartbeat. */
  onActivity(): void;
  onId(id: string): void;
  onEvent(event: MercureEvent): void;
  onRetry(delayMs: number): void;
}

/**
 * Opens one event stream and reads it to its end.
 *
 * @returns never normally: it rejects with a {@link MercureError} that says how the stream ended, or with the reason
 *   of the signal
 */
export async function readEventStream(request: EventStreamRequest): Promise<never> {
  const url = subscriptionUrl(request.target);
  const watchdog = new Watchdog();
  const signal = AbortSignal.any([request.signal, watchdog.signal]);
  try {
    watchdog.expect(
      request.connectTimeoutMs,
      () => new MercureError('unreachable', 'The hub did not answer in time'),
    );
    const response = await open(url, request, signal);
    if (!response.ok) throw await refusal(response);
    if (!isEventStream(response) || response.body === null) {
      await response.body?.cancel();
      throw new MercureError('not_an_event_stream', 'Something other than a Mercure hub answered', {
        status: response.status,
      });
    }
    watchdog.expect(request.silenceTimeoutMs, silent);
    request.onOpen(openInfo(response, request.lastEventId));
    await deliver(response.body, request, signal, () => {
      watchdog.expect(request.silenceTimeoutMs, silent);
      request.onActivity();
    });
    throw new MercureError('ended', 'The stream ended');
  } catch (error) {
    request.signal.throwIfAborted();
    watchdog.signal.throwIfAborted();
    throw error;
  } finally {
    watchdog.stop();
  }
}

async function open(url: URL, request: EventStreamRequest, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (request.target.token !== undefined) headers.authorization = `Bearer ${request.target.token}`;
  if (request.lastEventId !== '') headers['last-event-id'] = toFieldValue(request.lastEventId);
  // Browsers refuse to call their `fetch` as the method of another object.
  const { fetch } = request;
  try {
    return await fetch(url, {
      headers,
      signal,
      credentials: request.credentials,
      cache: 'no-store',
    });
  } catch (cause) {
    throw new MercureError('unreachable', 'The hub cannot be reached', { cause });
  }
}

async function deliver(
  body: ReadableStream<Uint8Array>,
  request: EventStreamRequest,
  signal: AbortSignal,
  onActivity: () => void,
): Promise<void> {
  let id = request.lastEventId;
  let tooLarge = false;
  const parser = createParser({
    maxBufferSize: request.maxEventLength,
    onId: value => {
      id = value;
      request.onId(value);
    },
    onEvent: ({ event, data }) => {
      tooLarge ||= data.length > request.maxEventLength;
      // Callbacks may close the subscription: what came in the same chunk is then no longer wanted.
      if (!tooLarge && !signal.aborted) request.onEvent({ id, type: event ?? 'message', data });
    },
    onRetry: request.onRetry,
    onError: error => {
      tooLarge ||= error.type === 'max-buffer-size-exceeded';
    },
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    while (true) {
      const chunk = await reader.read().catch(cause => {
        throw new MercureError('ended', 'The stream broke off', { cause });
      });
      if (chunk.done) return;
      onActivity();
      parser.feed(decoder.decode(chunk.value, { stream: true }));
      if (tooLarge) throw new MercureError('event_too_large', 'An event is larger than this client accepts');
      signal.throwIfAborted();
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

const silent = () => new MercureError('silent', 'The stream has gone silent');

function isEventStream(response: Response): boolean {
  const mediaType = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  return mediaType === 'text/event-stream';
}

function openInfo(response: Response, requested: string): OpenInfo {
  // 1.0 renamed the response field (specification, section "Reconnection"); 0.x hubs use the request's name.
  const field = response.headers.get('mercure-last-event-id') ?? response.headers.get('last-event-id');
  const lastEventId = field === null ? undefined : fromFieldValue(field);
  return { lastEventId, historyLost: requested !== '' && lastEventId !== requested };
}

/** Fetch takes field values as byte strings; ids are UTF-8 on the wire (HTML standard, "Server-sent events"). */
function toFieldValue(id: string): string {
  return Array.from(new TextEncoder().encode(id), byte => String.fromCharCode(byte)).join('');
}

function fromFieldValue(value: string): string {
  return new TextDecoder().decode(Uint8Array.from(value, character => character.charCodeAt(0)));
}

/** Aborts its signal when what is expected does not happen in time. */
class Watchdog {
  readonly #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  expect(withinMs: number, failure: () => MercureError): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(failure()), withinMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
