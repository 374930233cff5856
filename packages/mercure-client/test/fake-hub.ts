/** A hub as a `fetch` function: every request waits in `connections` until the test answers it. */
export class FakeHub {
  readonly connections: Connection[] = [];

  readonly fetch: typeof fetch = (input, init) =>
    new Promise((resolve, reject) => {
      const connection = new Connection(new Request(input, init), resolve);
      this.connections.push(connection);
      init?.signal?.addEventListener('abort', () => {
        connection.aborted = true;
        reject(init.signal?.reason);
        connection.fail(init.signal?.reason);
      });
      for (const notify of this.#waiting.splice(0)) notify();
    });

  readonly #waiting: (() => void)[] = [];

  /** The latest request. */
  get last(): Connection {
    const last = this.connections.at(-1);
    if (last === undefined) throw new Error('Nobody has connected');
    return last;
  }

  /** Resolves with the `number`th request (from 1), once it has come. */
  async connection(number: number): Promise<Connection> {
    while (this.connections.length < number) {
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
    return this.connections[number - 1] as Connection;
  }
}

export class Connection {
  readonly request: Request;
  aborted = false;
  readonly #answer: (response: Response) => void;
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(request: Request, answer: (response: Response) => void) {
    this.request = request;
    this.#answer = answer;
  }

  open(headers: Record<string, string> = {}): void {
    const body = new ReadableStream<Uint8Array>({
      start: controller => {
        this.#body = controller;
      },
    });
    this.#answer(new Response(body, { headers: { 'content-type': 'text/event-stream', ...headers } }));
  }

  refuse(status: number, explanation = '', headers: Record<string, string> = {}): void {
    this.#answer(new Response(explanation, { status, headers }));
  }

  send(text: string | Uint8Array): void {
    if (this.aborted) return; // As on a socket: what is written after the other side has gone reaches nobody.
    this.#body?.enqueue(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  }

  end(): void {
    this.#body?.close();
  }

  fail(reason: unknown): void {
    try {
      this.#body?.error(reason);
    } catch {
      // It has ended already.
    }
  }
}
