import { randomUUID } from 'node:crypto';
import { emptyDocument } from '../db/documents.ts';
import type { Db } from '../db/schema.ts';
import { hashPassword } from './passwords.ts';
import { welcomeContent, welcomeTitle } from './welcome.ts';

/** The two users for trying out collaboration; their password is public, so production does without them. */
export const testUsers = [
  { email: 'user@exelearning.net', name: 'User 1' },
  { email: 'user2@exelearning.net', name: 'User 2' },
] as const;

export const TEST_PASSWORD = '1234';

/**
 * Makes the test users that are missing and, together with the first, a welcome document that both may edit. Doing it
 * again changes nothing: a document that was thrown away stays away.
 */
export async function seedUsers(db: Db): Promise<void> {
  const emails = testUsers.map(({ email }) => email as string);
  const present = await db.selectFrom('users').select('email').where('email', 'in', emails).execute();
  const missing = testUsers.filter(({ email }) => !present.some(user => user.email === email));
  if (missing.length === 0) return;

  const now = Date.now();
  const users = await Promise.all(
    missing.map(async ({ email, name }) => ({
      id: randomUUID() as string,
      email: email as string,
      name: name as string,
      password_hash: await hashPassword(TEST_PASSWORD),
      created_at: now,
    })),
  );
  await db.transaction().execute(async trx => {
    await trx.insertInto('users').values(users).execute();
    const [owner, other] = testUsers;
    if (users.some(({ email }) => email === owner.email))
      await makeWelcomeDocument(trx, owner.email, other.email, now);
  });
}

async function makeWelcomeDocument(db: Db, ownerEmail: string, editorEmail: string, now: number) {
  const idOf = async (email: string) =>
    (await db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirstOrThrow()).id;
  const ownerId = await idOf(ownerEmail);
  const documentId = randomUUID();
  // Only here does the server need to know what documents are made of: loading it takes longer than all the rest.
  const { documentToUpdate } = await import('@cahier/editor-schema');
  const bytes = documentToUpdate(welcomeContent);
  await db
    .insertInto('documents')
    .values({
      ...emptyDocument,
      id: documentId,
      title: welcomeTitle,
      created_at: now,
      updated_at: now,
      last_seq: 1,
      bytes_after_snapshot: bytes.length,
    })
    .execute();
  await db
    .insertInto('members')
    .values([
      { document_id: documentId, user_id: ownerId, role: 'owner', created_at: now },
      { document_id: documentId, user_id: await idOf(editorEmail), role: 'editor', created_at: now },
    ])
    .execute();
  await db
    .insertInto('updates')
    .values({
      document_id: documentId,
      seq: 1,
      batch: randomUUID(),
      user_id: ownerId,
      created_at: now,
      bytes,
    })
    .execute();
}
