import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { HubError } from '../diagnostics/errors.ts';

const FORM_MEDIA_TYPE = 'application/x-www-form-urlencoded';

/** Most name/value pairs in one query or body. */
const MAX_FIELDS = 1_000;

/** The fields of a form or a query component, in order, each name as often as it came. */
export class Form {
  readonly #fields: readonly (readonly [name: string, value: string])[];

  constructor(fields: readonly (readonly [string, string])[]) {
    this.#fields = fields;
  }

  get names(): string[] {
    return this.#fields.map(([name]) => name);
  }

  [Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    return this.#fields[Symbol.iterator]();
  }

  has(name: string): boolean {
    return this.#fields.some(([field]) => field === name);
  }

  /** The first value of the name that is not empty. */
  get(name: string): string | undefined {
    return this.#fields.find(([field, value]) => field === name && value !== '')?.[1];
  }

  getAll(name: string): string[] {
    return this.#fields.filter(([field]) => field === name).map(([, value]) => value);
  }
}

/**
 * Parses `application/x-www-form-urlencoded` (URL Standard, section 5.1), except that broken UTF-8 is refused instead
 * of replaced: two topics that differ only there must not become the same one.
 *
 * @param latin1 - the form's bytes, one character each, as Node gives a request's URL
 * @throws HubError `invalid_encoding`
 */
export function parseForm(latin1: string): Form {
  const pairs = latin1.split('&', MAX_FIELDS + 1).filter(pair => pair !== '');
  if (pairs.length > MAX_FIELDS) {
    throw new HubError('invalid_encoding', `There are more than ${MAX_FIELDS} parameters`);
  }
  return new Form(
    pairs.map(pair => {
      const equals = pair.indexOf('=');
      return equals === -1
        ? [decode(pair), '']
        : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
    }),
  );
}

function decode(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  let length = 0;
  for (let index = 0; index < bytes.length; index++) {
    let byte = bytes[index] as number;
    if (byte === 0x2b /* + */) byte = 0x20;
    else if (byte === 0x25 /* % */) {
      const [high, low] = [hexDigit(bytes[index + 1]), hexDigit(bytes[index + 2])];
      // A stray "%" stands for itself.
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        index += 2;
      }
    }
    bytes[length++] = byte;
  }
  const decoded = bytes.subarray(0, length);
  if (!isUtf8(decoded)) throw new HubError('invalid_encoding', 'Names and values must be UTF-8');
  return decoded.toString();
}

function hexDigit(code: number | undefined): number {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

/** @throws HubError `invalid_encoding` */
export function parseQuery({ url = '' }: IncomingMessage): Form {
  const mark = url.indexOf('?');
  return parseForm(mark === -1 ? '' : url.slice(mark + 1));
}

/**
 * Reads a request's form-encoded body.
 *
 * @param tooLarge - the code of the refusal of more than `maxBytes`
 * @throws HubError `media_type_unsupported`, `invalid_encoding`, the code of `tooLarge`, or `body_consumed` when a body
 *   parser has been put before the hub
 */
export async function readForm(
  request: IncomingMessage,
  maxBytes: number,
  tooLarge: 'update_too_large' | 'query_too_large',
): Promise<Form> {
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType !== FORM_MEDIA_TYPE) {
    throw new HubError('media_type_unsupported', `Send the body as ${FORM_MEDIA_TYPE}`, {
      headers: { 'accept-query': FORM_MEDIA_TYPE, 'accept-post': FORM_MEDIA_TYPE },
    });
  }
  if (request.readableDidRead) {
    throw new HubError('body_consumed', 'Mount the hub before any body parser');
  }
  const refusal = () => new HubError(tooLarge, `The body has at most ${maxBytes} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw refusal();

  const chunks: Buffer[] = [];
  let bytes = 0;
  // Not `for await`, which would destroy the request, and with it the socket the answer has to use.
  await new Promise<void>((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
      else reject(refusal());
    });
    request.once('end', resolve).once('error', reject);
  });
  return parseForm(Buffer.concat(chunks).toString('latin1'));
}
