import { connect, type Socket } from 'node:net';

interface SocketEvents {
  onData(chunk: Buffer): void;
  /** Once, unless it was closed from here before: why it is of no use any more. */
  onFailure(reason: string): void;
}

/** A plain connection to a server on this machine, which counts what it reads. */
export class ThinSocket {
  bytesReceived = 0;
  readonly #socket: Socket;
  readonly #events: SocketEvents;
  #isClosed = false;

  constructor(port: number, events: SocketEvents) {
    this.#events = events;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', chunk => {
      this.bytesReceived += chunk.length;
      events.onData(chunk);
    });
    this.#socket.on('error', error => this.fail(error.message));
    this.#socket.on('close', () => this.fail('the server closed the connection'));
  }

  write(data: string | Uint8Array): void {
    this.#socket.write(data);
  }

  fail(reason: string): void {
    if (this.#isClosed) return;
    this.close();
    this.#events.onFailure(reason);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }
}
