import { randomFillSync } from 'node:crypto';

/** Random bytes fetched at a time, enough for some hundred ids. */
const POOL_BYTES = 4_096;
const pool = Buffer.alloc(POOL_BYTES);
let taken = POOL_BYTES;

/** The id that is being made, rewritten each time. */
const text = Buffer.from('urn:uuid:00000000-0000-4000-8000-000000000000', 'latin1');
/** Where in it the two digits of each of the sixteen bytes are. */
const DIGITS_AT = [9, 11, 13, 15, 18, 20, 23, 25, 28, 30, 33, 35, 37, 39, 41, 43];
const HEX_DIGITS = Buffer.from('0123456789abcdef', 'latin1');
/** Bytes that also tell the UUID's version, 4, and its variant (RFC 9562, section 5.4). */
const VERSION_BYTE = 6;
const VARIANT_BYTE = 8;

/**
 * A random UUID as an IRI. Random rather than ordered: it tells nothing about events its reader may not see
 * (Mercure 1.0, "Reconnection").
 *
 * Written as bytes, since every event needs one: the text of `randomUUID` is put together of twenty pieces, which take
 * ten times its memory until somebody reads it.
 */
export function createId(): string {
  if (taken === POOL_BYTES) {
    randomFillSync(pool);
    taken = 0;
  }
  for (let index = 0; index < DIGITS_AT.length; index++) {
    let byte = pool[taken++] as number;
    if (index === VERSION_BYTE) byte = (byte & 0x0f) | 0x40;
    if (index === VARIANT_BYTE) byte = (byte & 0x3f) | 0x80;
    const at = DIGITS_AT[index] as number;
    text[at] = HEX_DIGITS[byte >>> 4] as number;
    text[at + 1] = HEX_DIGITS[byte & 0x0f] as number;
  }
  return text.toString('latin1');
}

/** Whether an id looks like those that the hub gives, which mean nothing to anybody. */
export function isOpaqueId(id: string): boolean {
  return /^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
}
