import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { createParser } from 'eventsource-parser';

/** How long a test waits for an event before it fails, unless it says otherwise. */
const WAIT_TIMEOUT_MS = 5_000;

/** An event as it came over the wire: absent fields are absent, nothing is defaulted as `EventSource` would. */
export interface ReceivedEvent {
  readonly data: string;
  readonly id?: string;
  readonly type?: string;
}

export interface EventStreamOptions {
  readonly headers?: Record<string, string>;
  /** Longest wait of `next()` and its siblings, in milliseconds. Default: 5000. */
  readonly timeoutMs?: number;
}

export interface EventStream extends AsyncDisposable {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Every event so far, also those already taken by `next()`. */
  readonly events: readonly ReceivedEvent[];
  /** Every comment so far, without its colon. */
  readonly comments: readonly string[];
  /** The last `retry` the server sent, in milliseconds. */
  readonly retryMs: number | undefined;
  /** Resolves when the stream is over: `ended` by the server in good order, `broken` off, or `left` by `close()`. */
  readonly closed: Promise<'ended' | 'broken' | 'left'>;
  /** Takes the next event; rejects when none comes in time or the stream is over. */
  next(): Promise<ReceivedEvent>;
  /** Takes events up to and including the first one for which `matches` holds. */
  nextMatching(matches: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent>;
  /** Waits for a comment that comes after this call (a heartbeat). */
  nextComment(): Promise<string>;
  /** Stops reading from the socket, as a stuck client would; `resume()` goes on. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

/**
 * Opens a stream of Server-Sent Events and resolves once the response headers are there.
 *
 * @throws Error with the status and the body when the answer is not a 200 `text/event-stream`.
 */
export async function openEventStream(
  url: string | URL,
  { headers = {}, timeoutMs = WAIT_TIMEOUT_MS }: EventStreamOptions = {},
): Promise<EventStream> {
  const response = await request(new URL(url), { accept: 'text/event-stream', ...headers });
  const contentType = response.headers['content-type'] ?? '';
  if (response.statusCode !== 200 || !contentType.startsWith('text/event-stream')) {
    const body = await text(response);
    throw new Error(`No event stream at ${url}: ${response.statusCode} ${contentType}\n${body}`);
  }

  const events: ReceivedEvent[] = [];
  const comments: string[] = [];
  const waiting = new Set<() => void>();
  let retryMs: number | undefined;
  let taken = 0;
  let over: 'ended' | 'broken' | 'left' | undefined;

  const wake = () => {
    for (const check of [...waiting]) check();
  };
  const parser = createParser({
    onEvent: ({ data, id, event }) => {
      events.push({ data, ...(id !== undefined && { id }), ...(event !== undefined && { type: event }) });
    },
    onComment: comment => comments.push(comment),
    onRetry: retry => {
      retryMs = retry;
    },
  });
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    parser.feed(chunk);
    wake();
  });
  // A cut connection shows as an error and then a close; `closed` tells it from an orderly end.
  response.on('error', () => {});
  const closed = new Promise<'ended' | 'broken' | 'left'>(resolve => {
    response.on('close', () => {
      over ??= response.complete ? 'ended' : 'broken';
      resolve(over);
      wake();
    });
  });

  /** Resolves with the first result of `look` that is not undefined, looking again whenever something arrives. */
  function wait<T>(what: string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = () => {
        const found = look();
        if (found === undefined && over === undefined) return;
        settle();
        if (found !== undefined) resolve(found);
        else reject(failure(`The stream ${over} before ${what} came`));
      };
      const timer = setTimeout(() => {
        settle();
        reject(failure(`No ${what} within ${timeoutMs} ms`));
      }, timeoutMs);
      const settle = () => {
        clearTimeout(timer);
        waiting.delete(check);
      };
      waiting.add(check);
      check();
    });
  }
  const failure = (message: string) =>
    new Error(`${message}. Received: ${JSON.stringify(events.slice(-10))}, comments: ${comments.length}`);

  const nextMatching = (matches: (event: ReceivedEvent) => boolean) =>
    wait('such event', () => {
      while (taken < events.length) {
        const event = events[taken++];
        if (event && matches(event)) return event;
      }
      return undefined;
    });
  const close = async () => {
    over ??= 'left';
    response.destroy();
    await closed;
  };

  return {
    status: response.statusCode,
    headers: response.headers,
    events,
    comments,
    get retryMs() {
      return retryMs;
    },
    closed,
    next: () => nextMatching(() => true),
    nextMatching,
    nextComment: () => {
      const before = comments.length;
      return wait('comment', () => comments[before]);
    },
    pause: () => response.pause(),
    resume: () => response.resume(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** One connection per stream, as browsers do it: no pool that would hide what happens to the socket. */
function request(url: URL, headers: Record<string, string>): Promise<IncomingMessage> {
  const { get } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject);
  });
}

async function text(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let body = '';
  for await (const chunk of response) body += chunk;
  return body;
}
