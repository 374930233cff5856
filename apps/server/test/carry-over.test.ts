import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { databaseFile } from '../src/db/sqlite/open.ts';
import {
  contentOf,
  copyDocument,
  documentsOf,
  documentTitled,
  formerContents,
  logOf,
  writeFormerDatabase,
} from './former/database.ts';
import { failedStart, killedStart, startServer } from './server-process.ts';
import { startApp, temporaryDirectory } from './support.ts';

test('documents of the former format show what they showed, and keep their history', async () => {
  await using directory = await temporaryDirectory();
  await writeFormerDatabase(directory.path);
  const former = new Database(databaseFile(directory.path));
  const before = documentsOf(former).map(row => ({ ...row, log: logOf(former, row.id) }));
  former.close();
  expect(before.map(({ title }) => title).sort()).toEqual(Object.keys(formerContents).sort());

  // The second start finds nothing left to do.
  for (const _ of ['first start', 'second start']) {
    await using app = await startApp({ dataDir: directory.path });
    for (const { id, title, last_seq, updated_at, log } of before) {
      expect(contentOf(app.database, id), title).toEqual(formerContents[title]);
      const after = documentsOf(app.database).find(row => row.id === id);
      const written = last_seq > 0 ? 1 : 0;
      expect(after).toMatchObject({ last_seq: last_seq + written, updated_at });
      expect(logOf(app.database, id).slice(0, last_seq)).toEqual(log);
    }
  }
});

const COPIES = 300;

test('after a kill -9 half-way, the next start goes on with those that are left', async () => {
  await using directory = await temporaryDirectory();
  const dataDir = join(directory.path, 'data');
  await mkdir(dataDir);
  await writeFormerDatabase(dataDir);
  using database = disposable(new Database(databaseFile(dataDir)));
  copyDocument(database, 'Everything', COPIES);
  const logs = new Map(documentsOf(database).map(({ id }) => [id, logOf(database, id)]));

  const left = () => {
    const isTable = "select 1 from sqlite_master where name = 'former_documents'";
    if (database.prepare(isTable).get() === undefined) return Number.POSITIVE_INFINITY;
    return database
      .prepare('select count(*) from former_documents where carried_seq is null')
      .pluck()
      .get() as number;
  };
  // The lock of whoever writes, so that the server comes no further while it is being killed.
  await killedStart(directory.path, () => left() < COPIES && database.exec('begin immediate') !== null);
  database.exec('rollback');
  expect(left()).toBeGreaterThan(0);

  await using _ = await startServer(directory.path);
  expect(left()).toBe(0);
  for (const { id, title, last_seq } of documentsOf(database)) {
    expect(contentOf(database, id)).toEqual(formerContents[title]);
    const [log, before] = [logOf(database, id), logs.get(id) ?? []];
    expect(log).toHaveLength(last_seq);
    expect(log.slice(0, before.length)).toEqual(before);
    expect(last_seq - before.length).toBe(before.length > 0 ? 1 : 0);
  }
});

test('a document that cannot be read stops the start, with one line that names it', async () => {
  await using directory = await temporaryDirectory();
  const dataDir = join(directory.path, 'data');
  await mkdir(dataDir);
  await writeFormerDatabase(dataDir);
  using database = disposable(new Database(databaseFile(dataDir)));
  const { id } = documentTitled(database, 'Everything');
  database.prepare('delete from updates where document_id = ? and seq = 1').run(id);
  const log = logOf(database, id);

  const { code, output } = await failedStart(directory.path, {});
  expect(code).toBe(1);
  expect(output.trim().split('\n').at(-1)).toContain(id);
  expect(logOf(database, id)).toEqual(log);
});

const disposable = (database: Database.Database) =>
  Object.assign(database, { [Symbol.dispose]: () => database.close() });
