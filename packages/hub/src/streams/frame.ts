const CRLF = Buffer.from('\r\n');

/**
 * Bytes for event streams, made ready once for all of them: as they are, and as one chunk of an HTTP/1.1 message
 * (RFC 9112, section 7.1), so that a socket needs a single write of a single piece.
 */
export class Frame {
  /** What the client's event stream gets. */
  readonly content: Buffer;
  /** The same with its length before and a line break after it. Shares its memory. */
  readonly chunk: Buffer;

  constructor(parts: readonly Buffer[]) {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    // A chunk of no bytes would be the end of the message.
    if (length === 0) throw new RangeError('A frame has at least one byte');
    const size = Buffer.from(`${length.toString(16)}\r\n`, 'latin1');
    this.chunk = Buffer.concat([size, ...parts, CRLF]);
    this.content = this.chunk.subarray(size.length, size.length + length);
  }
}
