import { type AccessRequest, type GrantableRole, MAX_ACCESS_REQUESTS, type Role } from '@cahier/protocol';
import type { Db } from './schema.ts';

/** How a document stands with somebody who asks for access to it. */
interface Standing {
  readonly accessGeneration: number;
  readonly trashedAt: number | null;
  /** The role they have; null: none. */
  readonly role: Role | null;
}

export class AccessRequestRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** @returns undefined when there is no such document */
  async standing(documentId: string, userId: string): Promise<Standing | undefined> {
    const row = await this.#db
      .selectFrom('documents')
      .leftJoin('members', join =>
        join.onRef('members.document_id', '=', 'documents.id').on('members.user_id', '=', userId),
      )
      .where('documents.id', '=', documentId)
      .select(['documents.access_generation', 'documents.trashed_at', 'members.role'])
      .executeTakeFirst();
    return row && { accessGeneration: row.access_generation, trashedAt: row.trashed_at, role: row.role };
  }

  /** @returns whether it was not there before */
  add(documentId: string, userId: string, now: number): Promise<boolean> {
    return this.#db.transaction().execute(async db => {
      const { numInsertedOrUpdatedRows = 0n } = await db
        .insertInto('access_requests')
        .values({ document_id: documentId, user_id: userId, created_at: now })
        .onConflict(conflict => conflict.doNothing())
        .executeTakeFirst();
      await db
        .deleteFrom('access_requests')
        .where('document_id', '=', documentId)
        .where('user_id', 'not in', query =>
          query
            .selectFrom('access_requests')
            .select('user_id')
            .where('document_id', '=', documentId)
            .orderBy('created_at', 'desc')
            .limit(MAX_ACCESS_REQUESTS),
        )
        .execute();
      return numInsertedOrUpdatedRows > 0n;
    });
  }

  /** Who asked first comes first. */
  async list(documentId: string): Promise<AccessRequest[]> {
    const rows = await this.#db
      .selectFrom('access_requests')
      .innerJoin('users', 'users.id', 'access_requests.user_id')
      .leftJoin('members', join =>
        join
          .onRef('members.document_id', '=', 'access_requests.document_id')
          .onRef('members.user_id', '=', 'access_requests.user_id'),
      )
      .where('access_requests.document_id', '=', documentId)
      .orderBy('access_requests.created_at')
      .orderBy('users.id')
      .select(['users.id', 'users.name', 'users.email', 'members.role', 'access_requests.created_at'])
      .execute();
    return rows.map(({ id, name, email, role, created_at }) => ({
      person: { id, name, email },
      role,
      requestedAt: new Date(created_at).toISOString(),
    }));
  }

  /** @returns whether it was there */
  async remove(documentId: string, userId: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('access_requests')
      .where('document_id', '=', documentId)
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  /**
   * Makes somebody who asks a member, or gives a member another role.
   *
   * @returns whether they asked; nothing has changed if not
   */
  grant(documentId: string, userId: string, role: GrantableRole, now: number): Promise<boolean> {
    return this.#db.transaction().execute(async db => {
      const { numDeletedRows } = await db
        .deleteFrom('access_requests')
        .where('document_id', '=', documentId)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      if (numDeletedRows === 0n) return false;
      await db
        .insertInto('members')
        .values({ document_id: documentId, user_id: userId, role, created_at: now })
        .onConflict(conflict =>
          conflict
            .columns(['document_id', 'user_id'])
            .doUpdateSet({ role })
            .where('members.role', '!=', 'owner'),
        )
        .execute();
      return true;
    });
  }
}
