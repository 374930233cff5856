import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createApiClient } from '@cahier/protocol';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { History } from '../src/admin/history.ts';
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
import { killedStart, logIn, startServer } from './server-process.ts';
import { batchOf, startApp, temporaryDirectory, Writer } from './support.ts';

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

const COPIES = 60;
const BEFORE_THE_KILL = 25;

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
  // After so many of them the server comes no further, however long the kill takes to come.
  database.exec(`create trigger stall before insert on updates
    when (select count(*) from former_documents where carried_seq is not null) = ${BEFORE_THE_KILL}
    begin select count(*) from updates, updates as b, updates as c, updates as d; end`);
  const all = documentsOf(database).filter(({ last_seq }) => last_seq > 0).length;
  await killedStart(directory.path, () => left() === all - BEFORE_THE_KILL);
  database.exec('drop trigger stall');

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

test.each([
  ['has lost an entry', 'delete from updates where document_id = ? and seq = 20'],
  ['has an entry of nonsense', "update updates set bytes = x'01ff' where document_id = ? and seq = 20"],
])('a document that %s is named at the start and closed, and nothing else is', async (_, damage) => {
  await using directory = await temporaryDirectory();
  const dataDir = join(directory.path, 'data');
  await mkdir(dataDir);
  await writeFormerDatabase(dataDir);
  using database = disposable(new Database(databaseFile(dataDir)));
  const { id } = documentTitled(database, 'Everything');
  database.prepare(damage).run(id);
  database.prepare("delete from members where document_id = ? and role <> 'owner'").run(id);
  const log = logOf(database, id);

  await using server = await startServer(directory.path);
  const told = server
    .output()
    .split('\n')
    .filter(line => line.includes('cannot be brought'));
  expect(told.map(line => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 50, documentId: id, reason: expect.any(String) }),
  ]);

  const baseUrl = server.url;
  const headers = { cookie: await logIn(baseUrl) };
  const api = createApiClient({ baseUrl, headers });
  const body = batchOf(new Writer().type('late'));
  const load = (documentId: string) => api.readLog({ params: { documentId }, query: {} });
  const closed = { code: 'document_damaged', status: 503 };
  await expect(load(id)).rejects.toMatchObject(closed);
  await expect(api.sendUpdate({ params: { documentId: id }, body })).rejects.toMatchObject(closed);
  expect(logOf(database, id)).toEqual(log);
  const stranger = createApiClient({
    baseUrl,
    headers: { cookie: await logIn(baseUrl, 'user2@exelearning.net') },
  });
  for (const attempt of [
    stranger.readLog({ params: { documentId: id }, query: {} }),
    stranger.sendUpdate({ params: { documentId: id }, body }),
  ]) {
    await expect(attempt).rejects.toMatchObject({ code: 'document_not_found' });
  }

  for (const other of documentsOf(database).filter(row => row.id !== id && row.title !== 'In the trash')) {
    await load(other.id);
    expect(contentOf(database, other.id)).toEqual(formerContents[other.title]);
  }

  const history = new History(database, id);
  expect(() => history.restore(36)).toThrow('cannot be read');
  expect(() => history.restore(0)).toThrow('There is no entry 0');
  const { seq } = history.restore(19);
  expect(seq).toBe(37);
  expect(await load(id)).toMatchObject({ seq, snapshot: { seq } });
  expect(logOf(database, id).slice(0, log.length)).toEqual(log);
});

const disposable = (database: Database.Database) =>
  Object.assign(database, { [Symbol.dispose]: () => database.close() });
