const CRLF = '\r\n';

/**
 * Bytes for event streams, made ready once for all of them: as they are, and as one chunk of an HTTP/1.1 message
 * (RFC 9112, section 7.1), so that a socket needs a single write of a single piece.
 */
export class Frame {
  /** What the client's event stream gets, with its length before and a line break after it. */
  readonly chunk: Buffer;

  /** @param content - of the event stream, in one piece or in several */
  constructor(content: string | readonly Buffer[]) {
    this.chunk = typeof content === 'string' ? chunkOfText(content) : chunkOfParts(content);
  }

  /** What the client's event stream gets. A part of the chunk, not a copy. */
  get content(): Buffer {
    return this.chunk.subarray(this.chunk.indexOf(CRLF) + CRLF.length, -CRLF.length);
  }
}

function chunkOfText(content: string): Buffer {
  // Right at the first try where every character is one byte, as in most events: bytes need not be counted before.
  const head = sizeLine(content.length);
  const chunk = Buffer.from(head + content + CRLF);
  const bytes = chunk.length - head.length - CRLF.length;
  return bytes === content.length ? chunk : Buffer.from(sizeLine(bytes) + content + CRLF);
}

function chunkOfParts(content: readonly Buffer[]): Buffer {
  const bytes = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from(sizeLine(bytes)), ...content, Buffer.from(CRLF)]);
}

function sizeLine(bytes: number): string {
  // A chunk of no bytes would be the end of the message.
  if (bytes === 0) throw new RangeError('A frame has at least one byte');
  return bytes.toString(16) + CRLF;
}
