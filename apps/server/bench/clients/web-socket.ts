import { randomBytes } from 'node:crypto';
import { ThinSocket } from './thin-socket.ts';

/** RFC 6455, section 5.2. */
const FIN = 0x80;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const MASKED = 0x80;
const MASK_BYTES = 4;

export interface WebSocketEvents {
  onOpen(): void;
  onMessage(payload: Buffer): void;
  onFailure(reason: string): void;
}

/** A WebSocket on a plain socket: what a browser brings at no cost to JavaScript must not slow the load generator down. */
export class ThinWebSocket {
  readonly #socket: ThinSocket;
  readonly #events: WebSocketEvents;
  #isOpen = false;
  #rest: Buffer = Buffer.alloc(0);

  constructor(port: number, path: string, events: WebSocketEvents) {
    this.#events = events;
    this.#socket = new ThinSocket(port, {
      onData: chunk => this.#read(chunk),
      onFailure: reason => events.onFailure(reason),
    });
    const key = randomBytes(16).toString('base64');
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
  }

  get bytesReceived(): number {
    return this.#socket.bytesReceived;
  }

  send(payload: Uint8Array): void {
    this.#write(BINARY, payload);
  }

  close(): void {
    this.#socket.close();
  }

  /** The mask is zero, so that masking changes nothing; servers unmask all the same. */
  #write(kind: number, payload: Uint8Array): void {
    const lengthBytes = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
    const frame = Buffer.alloc(2 + lengthBytes + MASK_BYTES + payload.length);
    frame[0] = FIN | kind;
    frame[1] = MASKED | (lengthBytes === 0 ? payload.length : lengthBytes === 2 ? 126 : 127);
    if (lengthBytes === 2) frame.writeUInt16BE(payload.length, 2);
    if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(payload.length), 2);
    frame.set(payload, frame.length - payload.length);
    this.#socket.write(frame);
  }

  #read(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (!this.#isOpen) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end >= 0) {
        this.#isOpen = true;
        const status = bytes.toString('latin1', 0, bytes.indexOf('\r\n'));
        if (status.includes(' 101 ')) this.#events.onOpen();
        else this.#socket.fail(`the upgrade was answered with “${status}”`);
        bytes = bytes.subarray(end + 4);
      }
    }
    this.#rest = this.#isOpen ? this.#takeFrames(bytes) : bytes;
  }

  /** Handles the whole frames; gives what is left. */
  #takeFrames(bytes: Buffer): Buffer {
    let start = 0;
    while (bytes.length - start >= 2) {
      const declared = (bytes[start + 1] as number) & 0x7f;
      const lengthBytes = declared < 126 ? 0 : declared === 126 ? 2 : 8;
      const payloadAt = start + 2 + lengthBytes;
      if (bytes.length < payloadAt) break;
      const length =
        lengthBytes === 0
          ? declared
          : lengthBytes === 2
            ? bytes.readUInt16BE(start + 2)
            : Number(bytes.readBigUInt64BE(start + 2));
      const end = payloadAt + length;
      if (bytes.length < end) break;
      this.#handle(bytes[start] as number, bytes.subarray(payloadAt, end));
      start = end;
    }
    return bytes.subarray(start);
  }

  #handle(head: number, payload: Buffer): void {
    switch (head) {
      case FIN | BINARY:
        this.#events.onMessage(payload);
        break;
      case FIN | PING:
        this.#write(PONG, payload);
        break;
      case FIN | CLOSE:
        this.#socket.fail(`the server closed: ${payload.toString('utf8', 2)}`);
        break;
      default:
        this.#socket.fail(`unexpected frame ${head}`);
    }
  }
}
