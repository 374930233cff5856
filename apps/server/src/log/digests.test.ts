import { contentsDigest, DOCUMENT_ROOT } from '@cahier/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type LogFixture, openLogFixture } from '../../test/log-fixture.ts';
import { Writer } from '../../test/support.ts';
import { LogDigests } from './digests.ts';
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

const open = (maxRemembered = 1_000) => new LogDigests(fixture.database, maxRemembered);

/** As a client makes it, of its document. */
function digestOf(doc: Y.Doc): string {
  const { sv, ds } = Y.snapshot(doc);
  const deleted = [...ds.clients].map(([client, items]) => {
    return [client, items.map(({ clock, len }) => [clock, clock + len] as const)] as const;
  });
  return contentsDigest({ vector: sv, deleted: new Map(deleted) });
}

/** Two people write and delete in turns; gives the digest of a reader's document after each entry of the log. */
function writeTogether(documentId: string, rounds: number): string[] {
  const writers = [new Writer(), new Writer()];
  const reader = new Y.Doc();
  reader.getText(DOCUMENT_ROOT);
  return Array.from({ length: rounds }, (_, round) => {
    const author = writers[round % 2] as Writer;
    const bytes = round % 3 === 2 ? author.erase(2) : author.type(`word ${round} `);
    writer.commit([fixture.append(documentId, bytes)]);
    for (const { doc } of writers) if (doc !== author.doc) Y.applyUpdate(doc, bytes);
    Y.applyUpdate(reader, bytes);
    return digestOf(reader);
  });
}

test('a document is equal to the log it was read from, after each of its entries', () => {
  const documentId = fixture.document();
  const digests = open();
  expect(digests.compare(documentId, 0, digestOf(new Y.Doc()))).toBe('equal');
  for (const [index, digest] of writeTogether(documentId, 30).entries()) {
    expect(digests.compare(documentId, index + 1, digest)).toBe('equal');
  }
});

test('a snapshot in between changes nothing', () => {
  const documentId = fixture.document();
  const last = writeTogether(documentId, 20).at(-1) as string;
  new Snapshots(fixture.database).make(documentId);
  expect(open().compare(documentId, 20, last)).toBe('equal');
});

test('a snapshot so long that it is stored in pieces is read whole', () => {
  const documentId = fixture.document();
  const author = new Writer();
  for (const edit of [author.type('x'.repeat(600 * 1024)), author.erase(1), author.type('the end')]) {
    writer.commit([fixture.append(documentId, edit)]);
  }
  new Snapshots(fixture.database).make(documentId);
  expect(open().compare(documentId, 3, digestOf(author.doc))).toBe('equal');
  const before = digestOf(author.doc);
  writer.commit([fixture.append(documentId, author.erase(1))]);
  expect(open().compare(documentId, 4, before)).toBe('different');
  expect(open().compare(documentId, 4, digestOf(author.doc))).toBe('equal');
});

test('what lacks the last edit, or a deletion alone, is different', () => {
  const documentId = fixture.document();
  const [typed, more, erased] = writeTogether(documentId, 3) as [string, string, string];
  expect(open().compare(documentId, 2, typed)).toBe('different');
  expect(open().compare(documentId, 3, more)).toBe('different');
  expect(open().compare(documentId, 3, erased)).toBe('equal');
});

test('who has seen more than the log holds is different', () => {
  const documentId = fixture.document();
  const [first] = writeTogether(documentId, 1) as [string];
  expect(open().compare(documentId, 2, first)).toBe('different');
});

test('who is behind what is known already, or behind the snapshot, is asked to come again', () => {
  const documentId = fixture.document();
  const all = writeTogether(documentId, 4);
  const digests = open();
  expect(digests.compare(documentId, 4, all[3] as string)).toBe('equal');
  expect(digests.compare(documentId, 2, all[1] as string)).toBe('undecided');
  new Snapshots(fixture.database).make(documentId);
  expect(open().compare(documentId, 2, all[1] as string)).toBe('undecided');
});

test('what is forgotten for want of room is found out again', () => {
  const digests = open(1);
  const documents = [1, 2, 3].map(() => {
    const documentId = fixture.document();
    return { documentId, last: writeTogether(documentId, 6).at(-1) as string };
  });
  for (const _ of [1, 2]) {
    for (const { documentId, last } of documents) expect(digests.compare(documentId, 6, last)).toBe('equal');
  }
});
