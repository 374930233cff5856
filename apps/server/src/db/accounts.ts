import type { Person } from '@cahier/protocol';
import type { Db } from './schema.ts';

export interface Account extends Person {
  readonly passwordHash: string;
}

export interface StoredSession {
  readonly person: Person;
  readonly expiresAt: number;
}

export class AccountRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  async findByEmail(email: string): Promise<Account | undefined> {
    const row = await this.#db
      .selectFrom('users')
      .select(['id', 'email', 'name', 'password_hash'])
      .where('email', '=', email)
      .executeTakeFirst();
    return row && { id: row.id, email: row.email, name: row.name, passwordHash: row.password_hash };
  }

  async createSession(tokenHash: Uint8Array, userId: string, now: number, expiresAt: number) {
    await this.#db
      .insertInto('sessions')
      .values({ token_hash: tokenHash, user_id: userId, created_at: now, expires_at: expiresAt })
      .execute();
  }

  async findSession(tokenHash: Uint8Array, now: number): Promise<StoredSession | undefined> {
    const row = await this.#db
      .selectFrom('sessions')
      .innerJoin('users', 'users.id', 'sessions.user_id')
      .select(['users.id', 'users.email', 'users.name', 'sessions.expires_at'])
      .where('token_hash', '=', tokenHash)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    return row && { person: { id: row.id, email: row.email, name: row.name }, expiresAt: row.expires_at };
  }

  async extendSession(tokenHash: Uint8Array, expiresAt: number) {
    await this.#db
      .updateTable('sessions')
      .set({ expires_at: expiresAt })
      .where('token_hash', '=', tokenHash)
      .execute();
  }

  async deleteSession(tokenHash: Uint8Array) {
    await this.#db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute();
  }

  async deleteExpiredSessions(now: number) {
    await this.#db.deleteFrom('sessions').where('expires_at', '<=', now).execute();
  }

  /** A question that only a working database answers. */
  async ping(): Promise<void> {
    await this.#db.selectFrom('users').select('id').limit(1).execute();
  }
}
