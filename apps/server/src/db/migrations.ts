import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

/** Each is run once, in the order of its name. One that has been released is never changed: add another. */
const migrations: Record<string, Migration> = {
  '0001_accounts': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('users')
        .addColumn('id', 'text', column => column.primaryKey())
        .addColumn('email', 'text', column => column.notNull().unique())
        .addColumn('name', 'text', column => column.notNull())
        .addColumn('password_hash', 'text', column => column.notNull())
        .addColumn('created_at', 'integer', column => column.notNull())
        .execute();
      await db.schema
        .createTable('sessions')
        .addColumn('token_hash', 'blob', column => column.primaryKey())
        .addColumn('user_id', 'text', column => column.notNull().references('users.id').onDelete('cascade'))
        .addColumn('created_at', 'integer', column => column.notNull())
        .addColumn('expires_at', 'integer', column => column.notNull())
        .execute();
      await db.schema.createIndex('sessions_by_user').on('sessions').column('user_id').execute();
      await db.schema.createIndex('sessions_by_expiry').on('sessions').column('expires_at').execute();
    },
  },
  '0002_documents': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('documents')
        .addColumn('id', 'text', column => column.primaryKey())
        .addColumn('title', 'text', column => column.notNull())
        .addColumn('created_at', 'integer', column => column.notNull())
        .addColumn('updated_at', 'integer', column => column.notNull())
        .addColumn('trashed_at', 'integer')
        .addColumn('access_generation', 'integer', column => column.notNull().defaultTo(0))
        .addColumn('last_seq', 'integer', column => column.notNull().defaultTo(0))
        .addColumn('snapshot_seq', 'integer', column => column.notNull().defaultTo(0))
        .addColumn('bytes_after_snapshot', 'integer', column => column.notNull().defaultTo(0))
        .execute();
      await db.schema
        .createTable('members')
        .addColumn('document_id', 'text', column =>
          column.notNull().references('documents.id').onDelete('cascade'),
        )
        .addColumn('user_id', 'text', column => column.notNull().references('users.id').onDelete('cascade'))
        .addColumn('role', 'text', column =>
          column.notNull().check(sql`role in ('owner', 'editor', 'commenter', 'viewer')`),
        )
        .addColumn('created_at', 'integer', column => column.notNull())
        .addPrimaryKeyConstraint('members_key', ['document_id', 'user_id'])
        .execute();
      await db.schema.createIndex('members_by_user').on('members').column('user_id').execute();
      // A document has one owner.
      await db.schema
        .createIndex('members_one_owner')
        .unique()
        .on('members')
        .column('document_id')
        .where(sql.ref('role'), '=', sql.lit('owner'))
        .execute();
    },
  },
  '0003_log': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('updates')
        .addColumn('document_id', 'text', column =>
          column.notNull().references('documents.id').onDelete('cascade'),
        )
        .addColumn('seq', 'integer', column => column.notNull())
        .addColumn('batch', 'text', column => column.notNull())
        .addColumn('user_id', 'text', column => column.notNull().references('users.id'))
        .addColumn('created_at', 'integer', column => column.notNull())
        .addColumn('bytes', 'blob', column => column.notNull())
        .addUniqueConstraint('updates_in_order', ['document_id', 'seq'])
        .addUniqueConstraint('updates_once', ['document_id', 'batch'])
        .execute();
      await db.schema
        .createTable('snapshots')
        .addColumn('document_id', 'text', column =>
          column.primaryKey().references('documents.id').onDelete('cascade'),
        )
        .addColumn('seq', 'integer', column => column.notNull())
        .addColumn('created_at', 'integer', column => column.notNull())
        .addColumn('bytes', 'blob', column => column.notNull())
        .addColumn('state_vector', 'blob', column => column.notNull())
        .execute();
    },
  },
  '0004_former_documents': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('former_documents')
        // Kysely runs no migration of SQLite in a transaction: this one may have been interrupted.
        .ifNotExists()
        .addColumn('document_id', 'text', column =>
          column.primaryKey().references('documents.id').onDelete('cascade'),
        )
        .addColumn('carried_seq', 'integer')
        .execute();
      await sql`insert or ignore into former_documents select id, null from documents where last_seq > 0`.execute(
        db,
      );
    },
  },
  '0005_access_requests': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('access_requests')
        .ifNotExists()
        .addColumn('document_id', 'text', column =>
          column.notNull().references('documents.id').onDelete('cascade'),
        )
        .addColumn('user_id', 'text', column => column.notNull().references('users.id').onDelete('cascade'))
        .addColumn('created_at', 'integer', column => column.notNull())
        .addPrimaryKeyConstraint('access_requests_key', ['document_id', 'user_id'])
        .execute();
    },
  },
  '0006_snapshot_parts': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('snapshot_parts')
        .ifNotExists()
        .addColumn('document_id', 'text', column =>
          column.notNull().references('documents.id').onDelete('cascade'),
        )
        .addColumn('seq', 'integer', column => column.notNull())
        .addColumn('part', 'integer', column => column.notNull())
        .addColumn('bytes', 'blob', column => column.notNull())
        .addPrimaryKeyConstraint('snapshot_parts_key', ['document_id', 'seq', 'part'])
        .execute();
    },
  },
};

/**
 * Brings the database to the newest schema.
 *
 * @throws Error when a migration fails; it is rolled back by then
 */
export async function migrate<T>(db: Kysely<T>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Error('The database could not be brought up to date', { cause: error });
}
