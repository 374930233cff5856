import type { ErrorCode } from '@cahier/protocol';
import type { Request } from 'express';
import { CodedError } from '../errors.ts';

/**
 * What is still read of a body that is too large, so that its sender, who may be writing and not reading, gets the
 * answer. The rest is cut off.
 */
const MAX_DISCARDED_BYTES = 32 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads the body of a request as JSON, which is UTF-8 by definition (RFC 8259, section 8.1).
 *
 * @param maxBytes - and not a byte more is kept
 * @param tooLarge - the code for a larger one
 * @throws CodedError `unsupported_media_type` (unread), `malformed_json` or the code `tooLarge`
 */
export async function readJsonBody(
  request: Request,
  maxBytes: number,
  tooLarge: ErrorCode,
): Promise<unknown> {
  const encoding = request.get('content-encoding') ?? 'identity';
  // A form, which another site's page could send, is refused here as well.
  if (!request.is('application/json') || encoding !== 'identity') {
    throw new CodedError('unsupported_media_type');
  }
  const bytes = await read(request, maxBytes);
  if (bytes === undefined) throw new CodedError(tooLarge, { detail: `At most ${maxBytes} bytes are taken` });
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch (cause) {
    throw new CodedError('malformed_json', { cause });
  }
}

/** The whole body; undefined when it is larger than `maxBytes`. */
async function read(request: Request, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes + MAX_DISCARDED_BYTES) break;
      if (size <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
    }
  } catch (cause) {
    // The sender has gone away in the middle; nobody will read the answer.
    throw new CodedError('invalid_request', { cause });
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks);
}
