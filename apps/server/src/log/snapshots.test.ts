import { randomUUID } from 'node:crypto';
import { DOCUMENT_ROOT } from '@cahier/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type LogFixture, openLogFixture, silent } from '../../test/log-fixture.ts';
import { Writer } from '../../test/support.ts';
import { openDatabase } from '../db/sqlite/open.ts';
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

test('characters typed in a row are one element, and so are deleted ones, beside which old edits find their place', () => {
  const documentId = fixture.document();
  const author = new Writer();
  const snapshots = new Snapshots(fixture.database);
  const times = (count: number, edit: () => Uint8Array) => Array.from({ length: count }, edit);
  write(documentId, ...times(300, () => author.type('x')));
  snapshots.make(documentId);
  const absent = new Writer();
  Y.applyUpdate(absent.doc, Y.encodeStateAsUpdate(author.doc));
  write(documentId, ...times(300, () => author.type('x')));
  write(documentId, ...times(200, () => author.erase(1)));
  snapshots.make(documentId);
  const { bytes = new Uint8Array() } = stored(documentId) ?? {};
  expect(Y.decodeUpdate(bytes).structs.map(({ length }) => length)).toEqual([200, 400]);

  const seen = Y.encodeStateVector(absent.doc);
  absent.doc.getText(DOCUMENT_ROOT).insert(100, 'late');
  write(documentId, Y.encodeStateAsUpdate(absent.doc, seen));
  snapshots.make(documentId);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, stored(documentId)?.bytes ?? new Uint8Array());
  expect(doc.getText(DOCUMENT_ROOT).toString()).toBe(`late${'x'.repeat(400)}`);
});

test('nothing is deleted that nobody has deleted', () => {
  const documentId = fixture.document();
  const author = new Y.Doc();
  const edit = (doc: Y.Doc, change: (text: Y.Text) => void) => {
    const before = Y.encodeStateVector(doc);
    change(doc.getText(DOCUMENT_ROOT));
    return Y.encodeStateAsUpdate(doc, before);
  };
  const first = edit(author, text => text.insert(0, 'Hello'));
  const other = new Y.Doc();
  Y.applyUpdate(other, first);
  // Two who make the same words bold leave formatting that Yjs holds to be superfluous.
  const both = [author, other].map(doc => edit(doc, text => text.format(0, 5, { bold: true })));
  write(documentId, first, ...both);
  new Snapshots(fixture.database).make(documentId);
  const { ds } = Y.decodeUpdate(stored(documentId)?.bytes ?? new Uint8Array());
  expect([...ds.clients]).toEqual([]);
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

describe('a long one', () => {
  const PIECES = 4;
  const longText = 'x'.repeat(PIECES * 256 * 1024);

  const textOf = (bytes: Uint8Array) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, bytes);
    return doc.getText(DOCUMENT_ROOT).toString().replace(longText, '…');
  };
  /** What whoever opens the document gets to begin with. */
  const read = (documentId: string) => {
    const { snapshot } = new LogReader(fixture.database).page(documentId, 0);
    return { seq: snapshot?.seq, text: textOf(Buffer.from(snapshot?.update ?? '', 'base64')) };
  };
  const partsOf = (documentId: string) =>
    fixture.database
      .prepare('select distinct seq from snapshot_parts where document_id = ?')
      .pluck()
      .all(documentId);

  test('is stored while others write: between its pieces nobody has to wait', () => {
    const [documentId, other] = [fixture.document(), fixture.document()];
    const [author, somebody] = [new Writer(), new Writer()];
    write(documentId, author.type(longText));
    using own = openOwn();
    own.database.pragma('busy_timeout = 0');
    const otherLog = new LogWriter(own.database);
    let appended = 0;
    const snapshots = new Snapshots(fixture.database, {
      pause() {
        expect(otherLog.commit([fixture.append(other, somebody.type('!'))])).toMatchObject([
          { seq: ++appended },
        ]);
      },
    });
    snapshots.make(documentId);
    expect(appended).toBe(PIECES);
    expect(read(documentId)).toEqual({ seq: 1, text: '…' });
  });

  test('is read as it was until the next one is there, of which nothing is kept but the newest', () => {
    const documentId = fixture.document();
    const author = new Writer();
    write(documentId, author.type(longText));
    new Snapshots(fixture.database, { pause() {} }).make(documentId);
    write(documentId, author.type('more'));
    const seen = new Set<number | undefined>();
    const snapshots = new Snapshots(fixture.database, {
      pause: () => void seen.add(read(documentId).seq),
    });
    snapshots.make(documentId);
    expect([...seen]).toEqual([1, 2]);
    expect(read(documentId)).toEqual({ seq: 2, text: '…more' });
    expect(partsOf(documentId)).toEqual([2]);
    write(documentId, author.erase(longText.length));
    snapshots.make(documentId);
    expect(read(documentId)).toEqual({ seq: 3, text: 'more' });
    expect(partsOf(documentId)).toEqual([]);
  });

  test('that was interrupted leaves the one before, and does not stand in the way', () => {
    const documentId = fixture.document();
    const author = new Writer();
    write(documentId, author.type('before'));
    new Snapshots(fixture.database, { pause() {} }).make(documentId);
    write(documentId, author.type(longText));
    let pieces = 0;
    const interrupted = new Snapshots(fixture.database, {
      pause() {
        if (++pieces === 2) throw new Error('killed');
      },
    });
    expect(() => interrupted.make(documentId)).toThrow('killed');
    expect(read(documentId).text).toBe('before');
    new Snapshots(fixture.database, { pause() {} }).make(documentId);
    expect(read(documentId)).toEqual({ seq: 2, text: 'before…' });
  });
});

/** A connection of one's own, as every thread has. */
function openOwn() {
  const database = openDatabase(fixture.dataDir);
  return { database, [Symbol.dispose]: () => database.close() };
}

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
