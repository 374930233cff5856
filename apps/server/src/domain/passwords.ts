import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

/** Argon2id as OWASP's Password Storage Cheat Sheet recommends it: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes computed at once: each takes a thread of the pool that also reads files. */
const MAX_CONCURRENT = 2;

export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS);
}

/** A hash that no password matches, to spend the same time on an unknown user as on a known one. */
export function unmatchableHash(): Promise<string> {
  return hashPassword(randomBytes(32).toString('base64'));
}

/** Compares passwords with hashes, only a few at a time. */
export class PasswordChecks {
  readonly #queue: (() => void)[] = [];
  #running = 0;

  /** How many checks wait for their turn. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Runs `work` when there is room for it; what it decides, it decides with nothing else in between. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= MAX_CONCURRENT) await new Promise<void>(resolve => this.#queue.push(resolve));
    else this.#running++;
    try {
      return await work();
    } finally {
      const next = this.#queue.shift();
      if (next) next();
      else this.#running--;
    }
  }

  matches(passwordHash: string, password: string): Promise<boolean> {
    return verify(passwordHash, password);
  }
}
