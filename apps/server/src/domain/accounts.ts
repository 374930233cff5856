import { hash, randomBytes } from 'node:crypto';
import type { Credentials, Person } from '@cahier/protocol';
import type { AccountRepository } from '../db/accounts.ts';
import { CodedError } from '../errors.ts';
import { LoginLimits } from './login-limits.ts';
import { PasswordChecks, unmatchableHash } from './passwords.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A session lasts this long after it was last used. */
export const SESSION_LIFETIME_MS = 30 * DAY_MS;

/** It is extended at most once in this time, not with every request. */
const EXTENSION_STEP_MS = DAY_MS;

const EXPIRY_SWEEP_INTERVAL_MS = 60 * 60 * 1000;

/** A session that was found is believed for so long without asking the database; logging out forgets it at once. */
const REMEMBERED_MS = 10_000;
/** A session in use is asked about again in time, beside the request: who types never waits for the answer. */
const RENEWED_AFTER_MS = 8_000;
/** What a request does meanwhile is over by then. */
const RENEWAL_DELAY_MS = 5;
const MAX_REMEMBERED_SESSIONS = 10_000;

/** Log-ins that may wait for their turn; more is an attack or an outage. */
const MAX_WAITING_LOGINS = 200;

const TOKEN_BYTES = 32;

export interface OpenSession {
  readonly token: string;
  readonly person: Person;
}

export interface KnownSession {
  readonly person: Person;
  /** Whether it was extended just now, so that its cookie should be too. */
  readonly extended: boolean;
}

interface RememberedSession {
  readonly person: Person;
  readonly until: number;
  /** When it is asked about again if it is used; infinite when it has been. */
  renewalAt: number;
}

/** Log-in, log-out, and who is logged in. */
export class Accounts {
  readonly #repository: AccountRepository;
  readonly #limits = new LoginLimits();
  readonly #checks = new PasswordChecks();
  readonly #nobodysHash: Promise<string> = unmatchableHash();
  readonly #now: () => number;
  readonly #remembered = new Map<string, RememberedSession>();
  /** Counts log-outs: a session looked up while somebody logged out may be the one that ended. */
  #logOuts = 0;
  readonly #sweeper: NodeJS.Timeout;

  constructor(repository: AccountRepository, now: () => number = Date.now) {
    this.#repository = repository;
    this.#now = now;
    this.#sweeper = setInterval(() => {
      // A sweep that fails is made up for by the next; expired sessions are never accepted anyway.
      this.removeExpiredSessions().catch(() => {});
    }, EXPIRY_SWEEP_INTERVAL_MS).unref();
  }

  /**
   * @param address - of the client, for counting failures
   * @throws CodedError `invalid_credentials` (whether or not the user exists), `too_many_attempts`
   */
  async logIn({ email, password }: Credentials, address: string): Promise<OpenSession> {
    if (this.#checks.waiting >= MAX_WAITING_LOGINS) {
      throw new CodedError('too_many_attempts', { retryAfterSeconds: 5 });
    }
    const person = await this.#checks.inTurn(async () => {
      await this.#limits.check(email, address);
      const account = await this.#repository.findByEmail(email);
      const passwordHash = account?.passwordHash ?? (await this.#nobodysHash);
      const matches = await this.#checks.matches(passwordHash, password);
      if (!account || !matches) {
        await this.#limits.failed(email, address);
        throw new CodedError('invalid_credentials');
      }
      await this.#limits.succeeded(email, address);
      return { id: account.id, email: account.email, name: account.name };
    });
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const now = this.#now();
    await this.#repository.createSession(hashOf(token), person.id, now, now + SESSION_LIFETIME_MS);
    return { token, person };
  }

  /** Who is logged in, if that need not be looked up. */
  recall(token: string): Person | undefined {
    const remembered = this.#remembered.get(digestOf(token));
    const now = this.#now();
    if (!remembered || now >= remembered.until) return undefined;
    if (now >= remembered.renewalAt) {
      remembered.renewalAt = Number.POSITIVE_INFINITY;
      setTimeout(() => {
        // When it fails, a request will ask in its turn, and be told.
        this.#lookUp(token, { mayExtend: false }).catch(() => {});
      }, RENEWAL_DELAY_MS);
    }
    return remembered.person;
  }

  async findSession(token: string): Promise<KnownSession | undefined> {
    const recalled = this.recall(token);
    return recalled ? { person: recalled, extended: false } : this.#lookUp(token, { mayExtend: true });
  }

  async logOut(token: string): Promise<void> {
    await this.#repository.deleteSession(hashOf(token));
    this.#logOuts++;
    this.#remembered.delete(digestOf(token));
  }

  async removeExpiredSessions(): Promise<void> {
    await this.#repository.deleteExpiredSessions(this.#now());
  }

  close(): void {
    clearInterval(this.#sweeper);
  }

  /** @param mayExtend - whether somebody will be told, whose cookie has to be extended, too */
  async #lookUp(token: string, { mayExtend }: { mayExtend: boolean }): Promise<KnownSession | undefined> {
    const now = this.#now();
    const logOuts = this.#logOuts;
    const key = digestOf(token);
    const tokenHash = hashOf(token);
    const session = await this.#repository.findSession(tokenHash, now);
    if (!session) {
      this.#remembered.delete(key);
      return undefined;
    }
    const fullExpiry = now + SESSION_LIFETIME_MS;
    const extended = fullExpiry - session.expiresAt >= EXTENSION_STEP_MS;
    if (extended && !mayExtend) return undefined;
    if (extended) await this.#repository.extendSession(tokenHash, fullExpiry);
    if (logOuts === this.#logOuts) {
      this.#remember(key, {
        person: session.person,
        until: Math.min(now + REMEMBERED_MS, session.expiresAt),
        renewalAt: now + RENEWED_AFTER_MS,
      });
    }
    return { person: session.person, extended };
  }

  #remember(key: string, session: RememberedSession): void {
    this.#remembered.delete(key);
    this.#remembered.set(key, session);
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size <= MAX_REMEMBERED_SESSIONS) break;
      this.#remembered.delete(oldest);
    }
  }
}

const digestOf = (token: string): string => hash('sha256', token, 'base64');

const hashOf = (token: string): Buffer => hash('sha256', token, 'buffer');
