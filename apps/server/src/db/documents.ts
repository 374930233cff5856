import type { GrantableRole, Member, Person, Role } from '@cahier/protocol';
import type { Db } from './schema.ts';

/** A document as one of its members sees it. */
export interface MemberView {
  readonly id: string;
  readonly title: string;
  readonly role: Role;
  readonly owner: Person;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly trashedAt: number | null;
  /** How many people ask for access, for its owner to know; 0 for everybody else. */
  readonly accessRequests: number;
  readonly accessGeneration: number;
}

interface LogEnd {
  readonly documentId: string;
  readonly accessGeneration: number;
  /** The number of the last update. */
  readonly seq: number;
}

/** Entries at the end of a log that are looked through for their authors. */
const MAX_AUTHORED = 10_000;

/** Documents listed at once. */
const MAX_LISTED = 1000;

export class DocumentRepository {
  readonly #db: Db;

  constructor(db: Db) {
    this.#db = db;
  }

  /** The document as `userId` sees it; undefined when it does not exist or is not shared with them. */
  async find(documentId: string, userId: string): Promise<MemberView | undefined> {
    const row = await this.#views(userId).where('documents.id', '=', documentId).executeTakeFirst();
    return row && toView(row);
  }

  /** What `userId` is a member of, last changed first; of the trash only what they own. */
  async list(userId: string, { trashed }: { trashed: boolean }): Promise<MemberView[]> {
    const views = this.#views(userId);
    const rows = await (trashed
      ? views.where('documents.trashed_at', 'is not', null).where('me.role', '=', 'owner')
      : views.where('documents.trashed_at', 'is', null)
    )
      .orderBy('documents.updated_at', 'desc')
      .orderBy('documents.id')
      .limit(MAX_LISTED)
      .execute();
    return rows.map(toView);
  }

  /** Where the logs of the documents are that were written since then, the last written first. */
  async writtenSince(time: number, limit: number): Promise<LogEnd[]> {
    const rows = await this.#db
      .selectFrom('documents')
      .select(['id', 'access_generation', 'last_seq'])
      .where('updated_at', '>', time)
      .where('last_seq', '>', 0)
      .where('trashed_at', 'is', null)
      .orderBy('updated_at', 'desc')
      .limit(limit)
      .execute();
    return rows.map(row => ({
      documentId: row.id,
      accessGeneration: row.access_generation,
      seq: row.last_seq,
    }));
  }

  /** Who has written in the log after `after`, who wrote last first. */
  async authors(documentId: string, after: number): Promise<{ person: Person; lastAt: number }[]> {
    const rows = await this.#db
      .selectFrom('updates')
      .innerJoin('users', 'users.id', 'updates.user_id')
      .where('updates.document_id', '=', documentId)
      .where('updates.seq', '>', after)
      .where('updates.seq', '>', query =>
        query
          .selectFrom('documents')
          .select(eb => eb('last_seq', '-', MAX_AUTHORED).as('first'))
          .where('id', '=', documentId),
      )
      .groupBy(['users.id', 'users.name', 'users.email'])
      .select(({ fn }) => [
        'users.id',
        'users.name',
        'users.email',
        fn.max('updates.created_at').as('last_at'),
      ])
      .orderBy('last_at', 'desc')
      .execute();
    return rows.map(({ id, name, email, last_at }) => ({ person: { id, name, email }, lastAt: last_at }));
  }

  async create(documentId: string, title: string, ownerId: string, now: number): Promise<void> {
    await this.#db.transaction().execute(async db => {
      await db
        .insertInto('documents')
        .values({ ...emptyDocument, id: documentId, title, created_at: now, updated_at: now })
        .execute();
      await db
        .insertInto('members')
        .values({ document_id: documentId, user_id: ownerId, role: 'owner', created_at: now })
        .execute();
    });
  }

  async rename(documentId: string, title: string, now: number): Promise<void> {
    await this.#db
      .updateTable('documents')
      .set({ title, updated_at: now })
      .where('id', '=', documentId)
      .execute();
  }

  /**
   * Withdraws everybody's access but the owner's: the access generation grows with it.
   *
   * @returns the generation before; undefined when it was in the trash already
   */
  async trash(documentId: string, now: number): Promise<number | undefined> {
    const row = await this.#db
      .updateTable('documents')
      .set(eb => ({ trashed_at: now, access_generation: eb('access_generation', '+', 1) }))
      .where('id', '=', documentId)
      .where('trashed_at', 'is', null)
      .returning('access_generation')
      .executeTakeFirst();
    return row && row.access_generation - 1;
  }

  async restore(documentId: string): Promise<void> {
    await this.#db.updateTable('documents').set({ trashed_at: null }).where('id', '=', documentId).execute();
  }

  /** The owner first, then by name. */
  async members(documentId: string): Promise<Member[]> {
    const rows = await this.#members(documentId)
      .orderBy(eb => eb.case().when('members.role', '=', 'owner').then(0).else(1).end())
      .orderBy('users.name')
      .orderBy('users.id')
      .execute();
    return rows.map(toMember);
  }

  async findMember(documentId: string, userId: string): Promise<Member | undefined> {
    const row = await this.#members(documentId).where('users.id', '=', userId).executeTakeFirst();
    return row && toMember(row);
  }

  /** @returns whether they were no member before */
  async addMember(documentId: string, userId: string, role: GrantableRole, now: number): Promise<boolean> {
    const { numInsertedOrUpdatedRows = 0n } = await this.#db
      .insertInto('members')
      .values({ document_id: documentId, user_id: userId, role, created_at: now })
      .onConflict(conflict => conflict.doNothing())
      .executeTakeFirst();
    return numInsertedOrUpdatedRows > 0n;
  }

  async changeRole(documentId: string, userId: string, role: GrantableRole): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('members')
      .set({ role })
      .where('document_id', '=', documentId)
      .where('user_id', '=', userId)
      .where('role', '!=', 'owner')
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /**
   * Withdraws a member's access: the access generation grows in the same transaction.
   *
   * @returns the generation before, whose topics the member could listen to; undefined when they were no member
   */
  removeMember(documentId: string, userId: string): Promise<number | undefined> {
    return this.#db.transaction().execute(async db => {
      const { numDeletedRows } = await db
        .deleteFrom('members')
        .where('document_id', '=', documentId)
        .where('user_id', '=', userId)
        .where('role', '!=', 'owner')
        .executeTakeFirst();
      if (numDeletedRows === 0n) return undefined;
      const { access_generation } = await db
        .updateTable('documents')
        .set(eb => ({ access_generation: eb('access_generation', '+', 1) }))
        .where('id', '=', documentId)
        .returning('access_generation')
        .executeTakeFirstOrThrow();
      return access_generation - 1;
    });
  }

  #views(userId: string) {
    return this.#db
      .selectFrom('members as me')
      .innerJoin('documents', 'documents.id', 'me.document_id')
      .innerJoin('members as owning', join =>
        join.onRef('owning.document_id', '=', 'documents.id').on('owning.role', '=', 'owner'),
      )
      .innerJoin('users as owner', 'owner.id', 'owning.user_id')
      .where('me.user_id', '=', userId)
      .select(({ selectFrom, fn }) => [
        'documents.id',
        'documents.title',
        'documents.created_at',
        'documents.updated_at',
        'documents.trashed_at',
        'documents.access_generation',
        'me.role',
        'owner.id as owner_id',
        'owner.name as owner_name',
        'owner.email as owner_email',
        selectFrom('access_requests')
          .whereRef('access_requests.document_id', '=', 'documents.id')
          .select(fn.countAll<number>().as('count'))
          .as('access_requests'),
      ]);
  }

  #members(documentId: string) {
    return this.#db
      .selectFrom('members')
      .innerJoin('users', 'users.id', 'members.user_id')
      .where('members.document_id', '=', documentId)
      .select(['users.id', 'users.name', 'users.email', 'members.role']);
  }
}

export const emptyDocument = {
  trashed_at: null,
  access_generation: 0,
  last_seq: 0,
  snapshot_seq: 0,
  bytes_after_snapshot: 0,
};

interface ViewRow {
  id: string;
  title: string;
  created_at: number;
  updated_at: number;
  trashed_at: number | null;
  access_generation: number;
  role: Role;
  owner_id: string;
  owner_name: string;
  owner_email: string;
  access_requests: number | null;
}

function toView(row: ViewRow): MemberView {
  return {
    id: row.id,
    title: row.title,
    role: row.role,
    owner: { id: row.owner_id, name: row.owner_name, email: row.owner_email },
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    trashedAt: row.trashed_at,
    accessRequests: row.role === 'owner' ? (row.access_requests ?? 0) : 0,
    accessGeneration: row.access_generation,
  };
}

const toMember = ({ id, name, email, role }: Person & { role: Role }): Member => ({
  person: { id, name, email },
  role,
});
