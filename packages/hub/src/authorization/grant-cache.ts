import { hash } from 'node:crypto';
import type { Grant } from './claims.ts';

const MAX_GRANTS = 1_000;
/** Longest tokens remembered; with what is read out of them, they bound the memory. */
const MAX_TOKEN_LENGTH = 4_096;

/** Grants of verified tokens, until the tokens expire: whoever publishes a lot does so with the same token. */
export class GrantCache {
  /** By a hash of the token and its circumstances, the least recently used first. */
  readonly #grants = new Map<string, Grant>();

  /**
   * The grant of a token that has been verified before, else the one that `verify` finds.
   *
   * @param circumstances - what the verification depends on beside the token and the time
   */
  async get(token: string, circumstances: string, verify: () => Promise<Grant>): Promise<Grant> {
    if (token.length > MAX_TOKEN_LENGTH) return verify();
    // The whole token counts, its signature included. The length keeps the two apart.
    const key = hash('sha256', `${token.length} ${token} ${circumstances}`, 'base64');
    const known = this.#grants.get(key);
    this.#grants.delete(key);
    const isValid = known !== undefined && Date.now() < (known.expiresAtMs ?? Number.POSITIVE_INFINITY);
    const grant = isValid ? known : await verify();
    this.#grants.set(key, grant);
    for (const oldest of this.#grants.keys()) {
      if (this.#grants.size <= MAX_GRANTS) break;
      this.#grants.delete(oldest);
    }
    return grant;
  }
}
