import { ThinSocket } from './thin-socket.ts';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Requests over one kept connection, one after the other, for answers that say how long they are. */
export class HttpConnection {
  readonly #socket: ThinSocket;
  readonly #head: string;
  readonly #waiting: PromiseWithResolvers<Answer>[] = [];
  #chunks: Buffer[] = [];
  #received = 0;
  #needed = 0;
  #failure: Error | undefined;

  constructor(port: number, cookie: string) {
    this.#head = `Host: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\nAccept: application/json\r\n`;
    this.#socket = new ThinSocket(port, {
      onData: chunk => this.#read(chunk),
      onFailure: reason => this.#fail(new Error(reason)),
    });
  }

  get bytesReceived(): number {
    return this.#socket.bytesReceived;
  }

  request(method: string, path: string, body?: string): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure);
    const answer = Promise.withResolvers<Answer>();
    this.#waiting.push(answer);
    const content =
      body === undefined
        ? ''
        : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    this.#socket.write(`${method} ${path} HTTP/1.1\r\n${this.#head}${content}\r\n${body ?? ''}`);
    return answer.promise;
  }

  close(): void {
    this.#socket.close();
    this.#fail(new Error('the connection was closed from here'));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const answer of this.#waiting.splice(0)) answer.reject(this.#failure);
  }

  #read(chunk: Buffer): void {
    this.#received += chunk.length;
    this.#chunks.push(chunk);
    if (this.#received < this.#needed) return;
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#received = 0;
    this.#needed = 0;
    const headEnd = bytes.indexOf('\r\n\r\n') + 4;
    const head = bytes.toString('latin1', 0, Math.max(headEnd, 0));
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    if (headEnd < 4 || bytes.length < headEnd + length) {
      this.#chunks.push(bytes);
      this.#received = bytes.length;
      this.#needed = headEnd < 4 ? 0 : headEnd + length;
      return;
    }
    const body = bytes.subarray(headEnd, headEnd + length);
    this.#waiting.shift()?.resolve({ status: Number(head.slice(9, 12)), body });
    if (bytes.length > headEnd + length) this.#read(bytes.subarray(headEnd + length));
  }
}
