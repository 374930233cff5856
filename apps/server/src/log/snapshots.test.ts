import { randomUUID } from 'node:crypto';
import { DOCUMENT_ROOT } from '@cahier/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type LogFixture, openLogFixture, silent } from '../../test/log-fixture.ts';
import { Writer } from '../../test/support.ts';
import { LogReader } from './reader.ts';
import { Snapshots } from './snapshots.ts';
import { Snapshotter } from './snapshotter.ts';
import { LogWriter } from './writer.ts';

let fixture: LogFixture;
let log: LogWriter;
beforeAll(async () => {
  fixture = await openLogFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => {
  log = new LogWriter(fixture.database);
});

const stored = (documentId: string) =>
  fixture.database
    .prepare('select seq, bytes, state_vector from snapshots where document_id = ?')
    .get(documentId) as { seq: number; bytes: Buffer; state_vector: Buffer } | undefined;

const write = (documentId: string, ...updates: Uint8Array[]) =>
  log.commit(updates.map(update => fixture.append(documentId, update)));

/** Puts bytes into the log that the writer would have refused. */
function smuggle(documentId: string, seq: number, bytes: Uint8Array) {
  const { userId } = fixture.append(documentId, bytes);
  fixture.database
    .prepare(
      'insert into updates (document_id, seq, batch, user_id, created_at, bytes) values (?, ?, ?, ?, ?, ?)',
    )
    .run(documentId, seq, randomUUID(), userId, 0, bytes);
}

test('a snapshot is the document, and the next one goes on from it', () => {
  const documentId = fixture.document();
  const author = new Writer();
  const snapshots = new Snapshots(fixture.database);
  write(documentId, author.type('hello '), author.type('world'));
  expect(snapshots.make(documentId)).toBe(2);
  write(documentId, author.erase(6));
  expect(snapshots.make(documentId)).toBe(3);

  const snapshot = stored(documentId);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, snapshot?.bytes ?? new Uint8Array());
  expect(snapshot?.seq).toBe(3);
  expect(doc.getText(DOCUMENT_ROOT).toString()).toBe('world');
  expect(Y.decodeStateVector(snapshot?.state_vector ?? new Uint8Array())).toEqual(
    Y.decodeStateVector(Y.encodeStateVector(author.doc)),
  );
});

test('the log stays as it is', () => {
  const documentId = fixture.document();
  write(documentId, new Writer().type('hello'));
  new Snapshots(fixture.database).make(documentId);
  const { count } = fixture.database
    .prepare('select count(*) as count from updates where document_id = ?')
    .get(documentId) as { count: number };
  expect(count).toBe(1);
});

test('a log with holes makes no snapshot', () => {
  const documentId = fixture.document();
  const author = new Writer();
  author.type('lost');
  smuggle(documentId, 1, author.type('found'));
  expect(() => new Snapshots(fixture.database).make(documentId)).toThrow('holes');
  expect(stored(documentId)).toBeUndefined();
});

test('what has been damaged in the log counts as empty: the document opens, and can be written', () => {
  const documentId = fixture.document();
  const author = new Writer();
  write(documentId, author.type('kept'));
  smuggle(documentId, 2, Uint8Array.of(9, 9, 9));
  fixture.database.prepare('update documents set last_seq = 2 where id = ?').run(documentId);
  // A writer that has not read this log yet.
  log = new LogWriter(fixture.database);
  write(documentId, author.type(' on'));
  expect(new LogReader(fixture.database).page(documentId, 1).updates[0]).toMatchObject({
    seq: 2,
    update: 'AAA=',
  });
  expect(new Snapshots(fixture.database).make(documentId)).toBe(3);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, stored(documentId)?.bytes ?? new Uint8Array());
  expect(doc.getText(DOCUMENT_ROOT).toString()).toBe('kept on');
});

describe('in the background', () => {
  test('a log with holes leaves the others their snapshots', async () => {
    const snapshotter = new Snapshotter(fixture.dataDir, silent);
    const [bad, good] = [fixture.document(), fixture.document()];
    const author = new Writer();
    author.type('lost');
    smuggle(bad, 1, author.type('found'));
    write(good, new Writer().type('hello'));
    snapshotter.request(bad);
    snapshotter.request(good);
    await snapshotter.idle();
    await snapshotter.close();
    expect(stored(bad)).toBeUndefined();
    expect(stored(good)?.seq).toBe(1);
  });

  test('closing does not wait for what is left to do', async () => {
    const snapshotter = new Snapshotter(fixture.dataDir, silent);
    for (let index = 0; index < 100; index++) snapshotter.request(fixture.document());
    await snapshotter.close();
    snapshotter.request(fixture.document());
    await snapshotter.idle();
  });
});
