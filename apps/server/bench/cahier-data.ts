import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { openDb } from '../src/db/index.ts';
import { openDatabase } from '../src/db/sqlite/open.ts';
import { SESSION_LIFETIME_MS } from '../src/domain/accounts.ts';
import { Snapshots } from '../src/log/snapshots.ts';
import type { PreparedDocument } from './contenders.ts';

/** The server makes a snapshot every so many updates; what came after the last one is read from the log. */
const UPDATES_AFTER_SNAPSHOT = 300;

/**
 * Makes a data directory in which so many people, all of them members of all documents, are logged in.
 *
 * @returns their cookies
 */
export async function prepareCahier(
  directory: string,
  documents: readonly PreparedDocument[],
  people: number,
): Promise<string[]> {
  const db = await openDb(directory, error => {
    throw error;
  });
  await db.destroy();
  const database = openDatabase(directory);
  const addUser = database.prepare('insert into users values (?, ?, ?, ?, ?)');
  const addSession = database.prepare('insert into sessions values (?, ?, ?, ?)');
  const addDocument = database.prepare(
    'insert into documents (id, title, created_at, updated_at) values (?, ?, 0, 0)',
  );
  const addMember = database.prepare('insert into members values (?, ?, ?, 0)');
  const addUpdate = database.prepare('insert into updates values (?, ?, ?, ?, ?, ?)');
  const noteEnd = database.prepare('update documents set last_seq = ? where id = ?');
  const snapshots = new Snapshots(database);

  const users = Array.from({ length: people }, () => randomUUID());
  const now = Date.now();
  const cookies = database.transaction(() =>
    users.map((id, index) => {
      const token = randomBytes(32).toString('base64url');
      addUser.run(id, `person-${index}@example.org`, `Person ${index}`, '', now);
      const hash = createHash('sha256').update(token).digest();
      addSession.run(hash, id, now, now + SESSION_LIFETIME_MS);
      return `cahier_session=${token}`;
    }),
  )();
  for (const { id, edits } of documents) {
    const append = database.transaction((from: number, to: number) => {
      for (let index = from; index < to; index++) {
        addUpdate.run(id, index + 1, randomUUID(), users[0], now, edits[index]);
      }
      noteEnd.run(to, id);
    });
    database.transaction(() => {
      addDocument.run(id, 'Bench');
      for (const [index, userId] of users.entries()) {
        addMember.run(id, userId, index === 0 ? 'owner' : 'editor');
      }
    })();
    const summedUp = edits.length - UPDATES_AFTER_SNAPSHOT;
    if (summedUp > 0) {
      append(0, summedUp);
      snapshots.make(id);
    }
    append(Math.max(summedUp, 0), edits.length);
  }
  database.close();
  return cookies;
}
