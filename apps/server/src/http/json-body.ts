import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { ErrorCode } from '@cahier/protocol';
import { CodedError } from '../errors.ts';

/**
 * What is still read of a body that is too large, so that its sender, who may be writing and not reading, gets the
 * answer. The rest is cut off.
 */
const MAX_DISCARDED_BYTES = 32 * 1024 * 1024;

/** With any parameter: RFC 8259 defines none, and some clients send `charset=utf-8`. */
const JSON_TYPE = /^application\/json[ \t]*(?:;|$)/i;

/**
 * Reads the body of a request as JSON, which is UTF-8 by definition (RFC 8259, section 8.1).
 *
 * @param maxBytes - and not a byte more is kept
 * @param tooLarge - the code for a larger one
 * @throws CodedError `unsupported_media_type` (unread), `malformed_json` or the code `tooLarge`
 */
export async function readJsonBody(
  request: IncomingMessage,
  maxBytes: number,
  tooLarge: ErrorCode,
): Promise<unknown> {
  if (!saysJson(request)) throw new CodedError('unsupported_media_type');
  const bytes = bodyAtHand(request, maxBytes) ?? (await gather(request, maxBytes));
  if (bytes === undefined) throw new CodedError(tooLarge, { detail: `At most ${maxBytes} bytes are taken` });
  return parseJson(bytes);
}

/** Whether the body is said to be JSON as it is. A form, which another site's page could send, is not. */
export function saysJson({ headers }: IncomingMessage): boolean {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  return JSON_TYPE.test(type) && encoding === 'identity';
}

/**
 * The whole body if it has come already, as an edit's does with its head: to wait for events would take as long as all the
 * rest of its way.
 *
 * @returns undefined when it has not, or is larger than `maxBytes`; it has not been touched then
 */
export function bodyAtHand(request: IncomingMessage, maxBytes: number): Buffer | undefined {
  const isThere = request.readableLength === Number(request.headers['content-length']);
  return isThere && request.readableLength <= maxBytes ? (request.read() ?? Buffer.alloc(0)) : undefined;
}

/** @throws CodedError `malformed_json` */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new CodedError('malformed_json');
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    throw new CodedError('malformed_json', { cause });
  }
}

/** The whole body, as it comes; undefined when it is larger than `maxBytes`. */
function gather(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer | undefined>();
  // Its sender went away while the session was looked up: nothing more will be heard of it.
  if (request.destroyed) reject(new CodedError('invalid_request'));
  const chunks: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer) => {
    size += chunk.length;
    if (size <= maxBytes) {
      chunks.push(chunk);
      return;
    }
    chunks.length = 0;
    if (size <= maxBytes + MAX_DISCARDED_BYTES) return;
    request.off('data', onData);
    request.pause();
    resolve(undefined);
  };
  // The sender has gone away in the middle; nobody will read the answer.
  const onGone = (cause?: Error) => reject(new CodedError('invalid_request', { cause }));
  request.on('data', onData);
  request.once('end', () => resolve(size > maxBytes ? undefined : Buffer.concat(chunks)));
  request.once('error', onGone);
  request.once('close', () => onGone());
  return promise;
}
