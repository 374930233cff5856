import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { RequestBytes } from './request-bytes.ts';

type Written = (error?: Error | null) => void;

/**
 * A client's connection as Node's HTTP server gets it, from which it can be taken away while the client goes on. Passes
 * everything on, between a socket and the server.
 *
 * The server keeps for every connection what it needs to read further requests: some 10 KB in the parser, and about as
 * many objects as for the socket itself. Neither a stream that goes on for ever nor a client that may ask again some day
 * needs them.
 */
export class DetachableConnection extends Duplex {
  readonly #socket: Socket;
  readonly #onStream: (socket: Socket) => void;
  readonly #bytes = new RequestBytes();
  #idleSinceMs: number | undefined;
  #isDetached = false;

  /** @param onStream - hears of it when the socket has been taken away for a stream */
  constructor(socket: Socket, onStream: (socket: Socket) => void) {
    super({ decodeStrings: false, readableHighWaterMark: socket.readableHighWaterMark });
    this.#socket = socket;
    this.#onStream = onStream;
    socket
      .on('data', this.receive)
      .on('end', this.#onEnd)
      .on('timeout', this.#onTimeout)
      .on('error', this.#onError)
      .on('close', this.#onClose);
  }

  /**
   * Since when nothing has been under way that the HTTP server remembers, in milliseconds of `performance.now()`; undefined
   * while something is or may be.
   */
  get idleSinceMs(): number | undefined {
    return this.#idleSinceMs;
  }

  /** To be told when the server has read the head of a request. */
  beginRequest(request: IncomingMessage): void {
    this.#bytes.begin(request);
  }

  /** To be told when the request has been answered; returns whether the connection is idle now. */
  endRequest(request: IncomingMessage): boolean {
    if (!this.#bytes.end(request) || this.#isDetached || this.readableLength > 0) return false;
    this.#idleSinceMs = performance.now();
    return true;
  }

  get remoteAddress(): string | undefined {
    return this.#socket.remoteAddress;
  }

  get remoteFamily(): string | undefined {
    return this.#socket.remoteFamily;
  }

  get remotePort(): number | undefined {
    return this.#socket.remotePort;
  }

  get localAddress(): string | undefined {
    return this.#socket.localAddress;
  }

  get localPort(): number | undefined {
    return this.#socket.localPort;
  }

  /** This and the following three as of a socket. */
  setNoDelay(noDelay?: boolean): this {
    this.#socket.setNoDelay(noDelay);
    return this;
  }

  setKeepAlive(enable?: boolean, initialDelayMs?: number): this {
    this.#socket.setKeepAlive(enable, initialDelayMs);
    return this;
  }

  ref(): this {
    this.#socket.ref();
    return this;
  }

  unref(): this {
    this.#socket.unref();
    return this;
  }

  /** As of a socket: calls back, and emits `timeout`, after so many milliseconds in which nothing has moved; 0 ends that. */
  setTimeout(ms: number, listener?: () => void): this {
    if (!this.#isDetached) this.#socket.setTimeout(ms);
    if (listener !== undefined) {
      if (ms === 0) this.off('timeout', listener);
      else this.once('timeout', listener);
    }
    return this;
  }

  /** As of a socket: ends the connection after what has been written, whatever the client does. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', this.destroy);
  }

  /**
   * Takes the socket away from the server, for a stream. What has been written so far is on its way; what is written later is
   * dropped. The socket then drops what the client sends and ends when the client ends.
   *
   * @returns undefined when the connection is over or has something to write that it has no room for
   */
  detachStream(): Socket | undefined {
    const socket = this.detach();
    if (socket === undefined) return undefined;
    // Functions that all of them share, as they stay for as long as the stream.
    socket.on('end', socket.destroySoon).on('error', ignore).setTimeout(0).resume();
    this.#onStream(socket);
    return socket;
  }

  /** The same, for whatever is to be made of it: nothing listens to the socket afterwards. */
  detach(): Socket | undefined {
    // The server lets its connection wait for more until the end of the turn.
    while (this.writableCorked > 0) this.uncork();
    const socket = this.#socket;
    if (this.writableLength > 0 || !this.writable || !socket.writable || this.#isDetached) return undefined;
    this.#isDetached = true;
    return socket
      .off('data', this.receive)
      .off('end', this.#onEnd)
      .off('timeout', this.#onTimeout)
      .off('error', this.#onError)
      .off('close', this.#onClose);
  }

  /** Takes what the client has sent. */
  readonly receive = (chunk: Buffer): void => {
    this.#idleSinceMs = undefined;
    this.#bytes.receive(chunk);
    if (!this.push(chunk)) this.#socket.pause();
  };

  override _read(): void {
    if (!this.#isDetached) this.#socket.resume();
  }

  override _write(chunk: Buffer | string, encoding: BufferEncoding, written: Written): void {
    if (this.#isDetached) written();
    else this.#passed(this.#socket.write(chunk, encoding), written);
  }

  override _writev(chunks: { chunk: Buffer | string; encoding: BufferEncoding }[], written: Written): void {
    const socket = this.#socket;
    if (this.#isDetached) {
      written();
      return;
    }
    let hasRoom = true;
    socket.cork();
    for (const { chunk, encoding } of chunks) hasRoom = socket.write(chunk, encoding);
    socket.uncork();
    this.#passed(hasRoom, written);
  }

  override _final(written: Written): void {
    if (this.#isDetached) written();
    else this.#socket.end(() => written());
  }

  override _destroy(error: Error | null, destroyed: Written): void {
    if (!this.#isDetached) this.#socket.destroy();
    destroyed(error);
  }

  #passed(hasRoom: boolean, written: Written): void {
    if (hasRoom) written();
    else this.#socket.once('drain', written);
  }

  readonly #onEnd = (): void => {
    this.push(null);
  };

  readonly #onTimeout = (): void => {
    this.emit('timeout');
  };

  readonly #onError = (error: Error): void => {
    this.destroy(error);
  };

  readonly #onClose = (): void => {
    this.destroy();
  };
}

function ignore(): void {}
