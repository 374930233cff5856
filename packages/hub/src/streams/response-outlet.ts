import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Frame } from './frame.ts';
import type { Outlet } from './outlet.ts';

/**
 * Writes frames to a response, and where nothing stands between it and its socket, to the socket. `response.write` gives
 * the socket every chunk in three pieces, which cost two thirds of the time of a delivery.
 */
export class ResponseOutlet implements Outlet {
  readonly #response: ServerResponse;
  /** The response itself sends its head, with its first write. */
  #headWritten = false;
  /** Where chunks go once the head is written and nothing stands in between. */
  #socket: Socket | undefined;

  /** @param response - its head has been given and maybe written */
  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get queuedBytes(): number {
    return (this.#socket ?? this.#response).writableLength;
  }

  get isFull(): boolean {
    return this.#response.writableNeedDrain || this.#response.socket?.writableNeedDrain === true;
  }

  write(frame: Frame): void {
    if (this.#isOver) return;
    if (this.#socket !== undefined) {
      this.#socket.write(frame.chunk);
      return;
    }
    const { socket } = this.#response;
    const isPast = socket?.writable && isPlain(this.#response);
    if (isPast && this.#headWritten) {
      this.#socket = socket;
      socket.write(frame.chunk);
      return;
    }
    this.#response.write(frame.content);
    this.#headWritten = true;
    // The response lets its socket wait for more until the end of the turn, which would look like a slow client.
    if (isPast) socket.uncork();
  }

  async room(): Promise<void> {
    if (this.#isOver || !this.isFull) return;
    const response = this.#response;
    // What was written to the response before it had its socket, it tells of itself.
    const full = response.writableNeedDrain ? response : (response.socket ?? response);
    await new Promise<void>(resolve => {
      const settle = () => {
        full.off('drain', settle);
        response.off('close', settle);
        resolve();
      };
      full.once('drain', settle);
      response.once('close', settle);
    });
  }

  end(): void {
    this.#response.end();
  }

  destroy(): void {
    this.#response.destroy();
  }

  onClose(listener: () => void): void {
    this.#response.once('close', listener);
  }

  /** Whether something else has ended the response. */
  get #isOver(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }
}

/**
 * Whether chunks may be written to the socket of a response past the response: it is Node's own, of HTTP/1.1, has its
 * socket, nobody has replaced its `write` (as compressing middleware does), and it holds nothing back.
 */
export function isPlain(response: ServerResponse): boolean {
  return (
    response.socket !== null &&
    response.chunkedEncoding &&
    response.write === ServerResponse.prototype.write &&
    response.writableCorked === 0
  );
}
