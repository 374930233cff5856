import { DOCUMENT_ROOT } from '@cahier/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type LogFixture, openLogFixture } from '../../test/log-fixture.ts';
import { base64, Writer } from '../../test/support.ts';
import { LogReader } from './reader.ts';
import { Snapshots } from './snapshots.ts';
import { LogWriter } from './writer.ts';

let fixture: LogFixture;
let writer: LogWriter;
beforeAll(async () => {
  fixture = await openLogFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());
beforeEach(() => {
  writer = new LogWriter(fixture.database);
});

/** A document with a log of these words; gives what was appended. */
function write(documentId: string, author: Writer, ...words: string[]) {
  const appends = words.map(word => fixture.append(documentId, author.type(word)));
  writer.commit(appends);
  return appends.map(({ batch, bytes }) => ({ batch, update: base64(bytes) }));
}

/** Everything a client gets by asking until there is no more. */
function load(reader: LogReader, documentId: string, from = 0) {
  const doc = new Y.Doc();
  doc.getText(DOCUMENT_ROOT);
  const pages = [];
  for (let after = from, more = true; more; ) {
    const page = reader.page(documentId, after);
    pages.push(page);
    if (page.snapshot) Y.applyUpdate(doc, Buffer.from(page.snapshot.update, 'base64'));
    for (const { update } of page.updates) Y.applyUpdate(doc, Buffer.from(update, 'base64'));
    ({ seq: after, more } = page);
  }
  return { doc, pages };
}

test('an empty log is a page of nothing', () => {
  expect(new LogReader(fixture.database).page(fixture.document(), 0)).toEqual({
    snapshot: null,
    updates: [],
    seq: 0,
    more: false,
  });
});

test('a page has what comes after, as it was written', () => {
  const documentId = fixture.document();
  const written = write(documentId, new Writer(), 'one', 'two', 'three');
  const page = new LogReader(fixture.database).page(documentId, 1);
  expect(page.updates).toEqual([
    { seq: 2, ...written[1] },
    { seq: 3, ...written[2] },
  ]);
  expect(page).toMatchObject({ snapshot: null, seq: 3, more: false });
});

test('asking from beyond the end gives nothing and keeps the place', () => {
  const documentId = fixture.document();
  write(documentId, new Writer(), 'one');
  const page = new LogReader(fixture.database).page(documentId, 9);
  expect(page).toEqual({ snapshot: null, updates: [], seq: 9, more: false });
});

test('a long log comes in pages of limited size, whole when put together', () => {
  const documentId = fixture.document();
  const author = new Writer();
  write(documentId, author, ...Array.from({ length: 50 }, () => 'x'.repeat(200)));
  const maxPageBytes = 1000;
  const { doc, pages } = load(new LogReader(fixture.database, { maxPageBytes }), documentId);
  expect(pages.length).toBeGreaterThan(10);
  for (const { updates } of pages) {
    const size = updates.reduce((sum, { update }) => sum + Buffer.from(update, 'base64').length, 0);
    expect(size).toBeLessThanOrEqual(maxPageBytes);
  }
  expect(Y.encodeStateVector(doc)).toEqual(Y.encodeStateVector(author.doc));
});

test('an update larger than a page travels by itself', () => {
  const documentId = fixture.document();
  write(documentId, new Writer(), 'small', 'x'.repeat(2000), 'small');
  const { pages } = load(new LogReader(fixture.database, { maxPageBytes: 100 }), documentId);
  expect(pages.map(({ updates }) => updates.length)).toEqual([1, 1, 1]);
});

test('loading starts with the snapshot, and nothing of it comes again', () => {
  const documentId = fixture.document();
  const author = new Writer();
  write(documentId, author, 'one', 'two');
  new Snapshots(fixture.database).make(documentId);
  const [third] = write(documentId, author, 'three');
  const { doc, pages } = load(new LogReader(fixture.database), documentId);
  expect(pages).toHaveLength(1);
  expect(pages[0]?.snapshot?.seq).toBe(2);
  expect(pages[0]?.updates).toEqual([{ seq: 3, ...third }]);
  expect(doc.toJSON()).toEqual(author.doc.toJSON());
});

test('a snapshot larger than a page is followed by the rest on the next', () => {
  const documentId = fixture.document();
  const author = new Writer();
  write(documentId, author, 'x'.repeat(2000));
  new Snapshots(fixture.database).make(documentId);
  write(documentId, author, 'y', 'z');
  const { pages } = load(new LogReader(fixture.database, { maxPageBytes: 100 }), documentId);
  expect(pages.map(({ seq, more }) => [seq, more])).toEqual([
    [1, true],
    [3, false],
  ]);
});

test('who is a little behind a snapshot gets the updates, who is far behind the snapshot', () => {
  const documentId = fixture.document();
  const author = new Writer();
  // Updates that together are longer than what they amount to.
  write(documentId, author, ...Array.from({ length: 200 }, () => 'x'));
  new Snapshots(fixture.database).make(documentId);
  const reader = new LogReader(fixture.database);
  expect(reader.page(documentId, 199)).toMatchObject({ snapshot: null, seq: 200 });
  expect(reader.page(documentId, 10)).toMatchObject({ snapshot: { seq: 200 }, updates: [], seq: 200 });
});

test('what a snapshot stands for is not looked at to open a document, or by who is far behind', () => {
  const documentId = fixture.document();
  const author = new Writer();
  write(documentId, author, ...Array.from({ length: 600 }, () => 'x'));
  new Snapshots(fixture.database).make(documentId);
  write(documentId, author, 'y', 'z');

  let touched = 0;
  fixture.database.function('touch', bytes => {
    touched++;
    return bytes;
  });
  // Stands before the table of the same name.
  fixture.database.exec(
    'create temp view updates as select document_id, seq, batch, touch(bytes) as bytes from main.updates',
  );
  try {
    const reader = new LogReader(fixture.database);
    for (const after of [0, 50]) {
      touched = 0;
      const { snapshot, updates } = reader.page(documentId, after);
      expect([snapshot?.seq, updates.map(({ seq }) => seq), touched]).toEqual([600, [601, 602], 2]);
    }
  } finally {
    fixture.database.exec('drop view temp.updates');
  }
});
