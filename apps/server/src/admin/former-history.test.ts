import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { contentOf, documentTitled, logOf, writeFormerDatabase } from '../../test/former/database.ts';
import { batchOf, startApp, temporaryDirectory, Writer } from '../../test/support.ts';
import { databaseFile } from '../db/sqlite/open.ts';
import { History } from './history.ts';

test('entries of the former format are listed, shown, and gone back to', async () => {
  await using directory = await temporaryDirectory();
  await writeFormerDatabase(directory.path);
  await using app = await startApp({ dataDir: directory.path });
  const { id, last_seq: carried } = documentTitled(app.database, 'Everything');
  const database = new Database(databaseFile(directory.path));
  const history = new History(database, id);
  const listed = history.entries(100);
  expect(listed).toHaveLength(carried);
  expect(listed.filter(({ problem }) => problem !== undefined)).toEqual([]);
  expect(listed.at(0)?.added).toBeGreaterThan(0);

  // The last entry of the former format and the first of the present one say the same.
  expect(history.textAt(carried - 1)).toBe(history.textAt(carried));
  expect(history.restore(carried - 1)).toMatchObject({ seq: undefined });

  const before = contentOf(database, id);
  const { seq } = history.restore(10);
  expect(seq).toBe(carried + 1);
  expect(contentOf(database, id)).not.toEqual(before);
  expect(history.textAt(carried + 1)).toBe(history.textAt(10));
  // And back again, as nothing is lost by going back.
  history.restore(carried);
  expect(contentOf(database, id)).toEqual(before);
  expect(logOf(database, id)).toHaveLength(carried + 2);
  expect(() => history.restore(carried + 3)).toThrow(`There is no entry ${carried + 3}`);
  database.close();
});

test('what others write meanwhile stays when one goes back to an entry of the former format', async () => {
  await using directory = await temporaryDirectory();
  await writeFormerDatabase(directory.path);
  await using app = await startApp({ dataDir: directory.path });
  const { id, last_seq: carried } = documentTitled(app.database, 'Everything');
  const { api, person } = app.actor();
  app.database.prepare('insert into members values (?, ?, ?, ?)').run(id, person.id, 'editor', Date.now());
  const author = new Writer();
  Y.applyUpdate(author.doc, logOf(app.database, id).at(-1)?.bytes as Uint8Array);
  const database = new Database(databaseFile(directory.path));
  const history = new History(database, id);
  history.restore(10);
  // Of somebody who has not heard of it yet.
  await api.sendUpdate({ params: { documentId: id }, body: batchOf(author.type('meanwhile')) });
  expect(history.textAt(carried + 2)).toContain('meanwhile');
  database.close();
});
