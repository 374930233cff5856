import type { Subscription } from '@cahier/protocol';
import { DocumentServer, type News } from './document-server.ts';

/** The document that it serves. */
export const DOCUMENT_ID = '22222222-2222-4222-8222-222222222222';

/** What happens to a request on its way: `deliver` hands it to the server and gives the answer. */
export type Network = (operation: string, deliver: () => Promise<Response>) => Promise<Response>;

/** The application and its hub as a `fetch` function: no sockets, so that tests can do as they please with time. */
export class MemoryApp {
  readonly documents: DocumentServer;
  /** The documents that may not be listened to. */
  refused: Subscription['refused'] = [];
  /** How long tokens last. */
  expiresInSeconds = 600;
  /** The network between clients and the application. */
  network: Network = (_, deliver) => deliver();
  /** What the hub does with an event: by default, it tells everybody, once and at once. */
  hub: (tell: () => void) => void = tell => tell();
  /** Whether what is sent down streams arrives; a proxy may hold it back. */
  flows = true;
  /** How many streams were opened so far. */
  streamsOpened = 0;
  readonly #streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  #eventId = 0;

  constructor() {
    this.documents = new DocumentServer(
      event => this.emit(event),
      event => this.send(JSON.stringify(event)),
      async () => ({
        hub: '/hub',
        topics: ['https://app.example/documents/1'],
        token: 'token',
        connection: crypto.randomUUID(),
        expiresInSeconds: this.expiresInSeconds,
        refused: this.refused,
      }),
    );
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const request = new Request(new URL(String(input), 'http://app.example'), init);
    const { pathname } = new URL(request.url);
    const operation = pathname === '/hub' ? 'stream' : `${request.method} ${pathname.split('/').at(-1)}`;
    const answer = this.network(operation, async () =>
      operation === 'stream' ? this.#open(request.signal) : this.documents.handle(request),
    );
    return orAborted(answer, request.signal);
  };

  /** Sends an event down every open stream. */
  emit(event: News): void {
    this.hub(() => this.send(JSON.stringify({ documentId: DOCUMENT_ID, ...event })));
  }

  /** Sends any data down every open stream. */
  send(data: string): void {
    if (!this.flows) return;
    const bytes = new TextEncoder().encode(`id: ${++this.#eventId}\ndata: ${data}\n\n`);
    for (const stream of this.#streams) stream.enqueue(bytes);
  }

  /** Ends every open stream, as a hub does that restarts. */
  endStreams(): void {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }

  #open(signal: AbortSignal): Response {
    this.streamsOpened += 1;
    let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
    const leave = () => stream !== undefined && this.#streams.delete(stream);
    const body = new ReadableStream<Uint8Array>({
      start: (controller: ReadableStreamDefaultController<Uint8Array>) => {
        stream = controller;
        this.#streams.add(controller);
      },
      cancel: () => void leave(),
    });
    signal.addEventListener('abort', () => {
      if (leave()) stream?.error(signal.reason);
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
    promise.then(resolve, reject);
  });
}
