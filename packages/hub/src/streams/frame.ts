const CRLF = '\r\n';

/**
 * Bytes for event streams, made ready once for all of them: as they are, and as one chunk of an HTTP/1.1 message
 * (RFC 9112, section 7.1), so that a socket needs a single write of a single piece.
 */
export class Frame {
  /** What the client's event stream gets, with its length before and a line break after it. */
  readonly chunk: Buffer;
  readonly #start: number;

  /** @param content - of the event stream, in one piece or in several */
  constructor(content: string | readonly Buffer[]) {
    const length =
      typeof content === 'string'
        ? Buffer.byteLength(content)
        : content.reduce((sum, part) => sum + part.length, 0);
    // A chunk of no bytes would be the end of the message.
    if (length === 0) throw new RangeError('A frame has at least one byte');
    const size = length.toString(16) + CRLF;
    this.#start = size.length;
    this.chunk =
      typeof content === 'string'
        ? Buffer.from(size + content + CRLF)
        : Buffer.concat([Buffer.from(size), ...content, Buffer.from(CRLF)]);
  }

  /** What the client's event stream gets. A part of the chunk, not a copy. */
  get content(): Buffer {
    return this.chunk.subarray(this.#start, this.chunk.length - CRLF.length);
  }
}
