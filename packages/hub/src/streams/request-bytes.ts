import type { IncomingMessage } from 'node:http';

const HEAD_END = '\r\n\r\n';

/**
 * Counts what a connection receives, to know when the HTTP server has taken all of it as requests: then nothing is lost if
 * what the server remembers of the connection is forgotten. In doubt (requests without waiting for answers, bodies of unknown
 * length, heads in pieces) it does not know, and never will again.
 */
export class RequestBytes {
  /** Received since the last request was over. */
  #received = 0;
  /** What came first since then, until the server has made a request of it. */
  #first: Buffer | undefined;
  /** How long the request is that is being answered; not a number: not known. */
  #expected = 0;

  receive(chunk: Buffer): void {
    if (this.#received === 0) this.#first = chunk;
    this.#received += chunk.length;
  }

  /** The server has read the head of a request. */
  begin({ headers }: IncomingMessage): void {
    const headEnd = this.#first?.indexOf(HEAD_END) ?? -1;
    const isKnown = headEnd !== -1 && headers['transfer-encoding'] === undefined;
    this.#expected = isKnown
      ? headEnd + HEAD_END.length + Number(headers['content-length'] ?? 0)
      : Number.NaN;
    this.#first = undefined;
  }

  /** The answer has been given. Returns whether everything that was received is known to have been that request. */
  end({ complete }: IncomingMessage): boolean {
    if (!complete || this.#received !== this.#expected) return false;
    this.#received = 0;
    return true;
  }
}
