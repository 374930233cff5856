import { updateToText } from '@cahier/editor-schema';
import { expect, test } from 'vitest';
import { silent } from '../../test/log-fixture.ts';
import { temporaryDirectory } from '../../test/support.ts';
import { DocumentRepository } from '../db/documents.ts';
import { openDb } from '../db/index.ts';
import { openLog } from '../log/index.ts';
import { seedUsers } from './seed.ts';

const onCrash = (error: Error) => {
  throw error;
};

test('the test users find a document that both may edit, made once', async () => {
  await using directory = await temporaryDirectory();
  const db = await openDb(directory.path, onCrash);
  await seedUsers(db);
  await seedUsers(db);

  const users = await db.selectFrom('users').selectAll().orderBy('email').execute();
  expect(users.map(({ email, name }) => [email, name])).toEqual([
    ['user2@exelearning.net', 'User 2'],
    ['user@exelearning.net', 'User 1'],
  ]);
  const documents = new DocumentRepository(db);
  const [second, first] = users;
  const [welcome, ...others] = await documents.list(first?.id ?? '', { trashed: false });
  expect(others).toEqual([]);
  expect(welcome?.role).toBe('owner');
  expect((await documents.list(second?.id ?? '', { trashed: false }))[0]).toMatchObject({
    id: welcome?.id,
    role: 'editor',
  });

  const log = await openLog({ dataDir: directory.path, logger: silent, onCrash });
  const page = await log.readPage({ documentId: welcome?.id ?? '', after: 0, cursor: '' });
  const { updates } = JSON.parse(Buffer.from(page).toString()) as { updates: { update: string }[] };
  const text = updateToText(...updates.map(({ update }) => Buffer.from(update, 'base64')));
  expect(text).toContain('Open a second window');
  await log.close();

  // Thrown away, it stays away; a user who is missing comes back.
  await db.deleteFrom('documents').execute();
  await db.deleteFrom('users').where('email', '=', 'user2@exelearning.net').execute();
  await seedUsers(db);
  expect(await db.selectFrom('users').select('id').execute()).toHaveLength(2);
  expect(await db.selectFrom('documents').select('id').execute()).toEqual([]);
  await db.destroy();
});
