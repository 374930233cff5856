import type { Socket } from 'node:net';

/** Takes a socket whose client has begun to speak, and what it has said so far. */
type Wake = (socket: Socket, chunk: Buffer) => void;

/**
 * Sockets of clients that keep their connection for later requests, and of which nothing else is kept meanwhile. They go as
 * they would from the HTTP server: when the client ends, and after the time that the server has given them.
 */
export class RestingSockets {
  readonly #sockets = new Set<Socket>();
  readonly #onData: (this: Socket, chunk: Buffer) => void;
  readonly #onClose: (this: Socket) => void;

  constructor(wake: Wake) {
    const sockets = this.#sockets;
    // Functions that all sockets share, as there may be many of them.
    this.#onData = function (this: Socket, chunk: Buffer) {
      release(this);
      wake(this, chunk);
    };
    this.#onClose = function (this: Socket) {
      sockets.delete(this);
    };
    const release = (socket: Socket) => {
      sockets.delete(socket);
      socket
        .off('data', this.#onData)
        .off('end', socket.destroySoon)
        .off('timeout', socket.destroy)
        .off('error', ignore)
        .off('close', this.#onClose);
    };
  }

  /** @param socket - nothing listens to it, and its timeout is how long it may rest */
  add(socket: Socket): void {
    this.#sockets.add(socket);
    socket
      .on('data', this.#onData)
      .on('end', socket.destroySoon)
      .on('timeout', socket.destroy)
      .on('error', ignore)
      .on('close', this.#onClose);
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function ignore(): void {}
