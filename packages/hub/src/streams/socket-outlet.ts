import type { Socket } from 'node:net';
import type { Frame } from './frame.ts';
import type { Outlet } from './outlet.ts';

/** The end of a message that is sent in chunks (RFC 9112, section 7.1). */
const LAST_CHUNK = '0\r\n\r\n';

/** Writes chunks of a message whose head has been sent to a socket that belongs to nobody else. */
export class SocketOutlet implements Outlet {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  get isFull(): boolean {
    return this.#socket.writableNeedDrain;
  }

  write(frame: Frame): void {
    if (this.#socket.writable) this.#socket.write(frame.chunk);
  }

  async room(): Promise<void> {
    const socket = this.#socket;
    if (!socket.writable || !this.isFull) return;
    await new Promise<void>(resolve => {
      const settle = () => {
        socket.off('drain', settle).off('close', settle);
        resolve();
      };
      socket.once('drain', settle).once('close', settle);
    });
  }

  end(): void {
    if (this.#socket.writable) this.#socket.write(LAST_CHUNK);
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  onClose(listener: () => void): void {
    this.#socket.on('close', listener);
  }
}
