import { ThinSocket } from './thin-socket.ts';

export interface StreamEvents {
  onOpen(): void;
  onEvent(id: string, data: string): void;
  onFailure(reason: string): void;
}

/** Reads Server-Sent Events from a plain socket. The hub puts whole lines into HTTP's chunks, so their heads are lines to skip. */
export class ThinEventStream {
  readonly #socket: ThinSocket;
  readonly #events: StreamEvents;
  #rest = '';
  #id = '';
  #isOpen = false;

  constructor(port: number, path: string, token: string, events: StreamEvents) {
    this.#events = events;
    this.#socket = new ThinSocket(port, {
      onData: chunk => this.#read(chunk.toString('latin1')),
      onFailure: reason => events.onFailure(reason),
    });
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n` +
        `Authorization: Bearer ${token}\r\n\r\n`,
    );
  }

  get bytesReceived(): number {
    return this.#socket.bytesReceived;
  }

  close(): void {
    this.#socket.close();
  }

  #read(chunk: string): void {
    const text = this.#rest + chunk;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.#line(text.slice(start, end));
      start = end + 1;
    }
    this.#rest = text.slice(start);
  }

  #line(line: string): void {
    if (line.startsWith('data: ')) this.#events.onEvent(this.#id, line.slice(6));
    else if (line.startsWith('id: ')) this.#id = line.slice(4);
    else if (!this.#isOpen && line.startsWith('HTTP/1.1 ')) {
      this.#isOpen = true;
      if (line.startsWith('HTTP/1.1 200')) this.#events.onOpen();
      else this.#socket.fail(`the stream was answered with “${line.trim()}”`);
    }
  }
}
