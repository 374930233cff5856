import { hash } from 'node:crypto';
import type { Grant } from './claims.ts';

const MAX_GRANTS = 1_000;
/** Longest tokens remembered. */
const MAX_TOKEN_LENGTH = 4_096;
/** Most memory of all of them. */
const MAX_BYTES = 8 * 1024 * 1024;
/** How much memory a character of a token may take once it is read. */
const BYTES_PER_CHARACTER = 16;

interface Remembered {
  readonly grant: Grant;
  readonly bytes: number;
}

/** Grants of verified tokens, until the tokens expire: whoever publishes a lot does so with the same token. */
export class GrantCache {
  /** By a hash of the token and its circumstances, the least recently used first. */
  readonly #grants = new Map<string, Remembered>();
  #bytes = 0;

  /**
   * The grant of a token that has been verified before, else the one that `verify` finds.
   *
   * @param circumstances - what the verification depends on beside the token and the time
   */
  async get(token: string, circumstances: string, verify: () => Promise<Grant>): Promise<Grant> {
    if (token.length > MAX_TOKEN_LENGTH) return verify();
    // The whole token counts, its signature included. The length keeps the two apart.
    const key = hash('sha256', `${token.length} ${token} ${circumstances}`, 'base64');
    const known = this.#grants.get(key)?.grant;
    this.#forget(key);
    const isValid = known !== undefined && Date.now() < (known.expiresAtMs ?? Number.POSITIVE_INFINITY);
    const grant = isValid ? known : await verify();
    // Meanwhile it may have been verified for somebody else as well.
    this.#forget(key);
    this.#remember(key, { grant, bytes: grant.bytes + token.length * BYTES_PER_CHARACTER });
    return grant;
  }

  #remember(key: string, remembered: Remembered): void {
    this.#grants.set(key, remembered);
    this.#bytes += remembered.bytes;
    for (const oldest of this.#grants.keys()) {
      if (this.#grants.size <= MAX_GRANTS && this.#bytes <= MAX_BYTES) break;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#bytes -= this.#grants.get(key)?.bytes ?? 0;
    this.#grants.delete(key);
  }
}
