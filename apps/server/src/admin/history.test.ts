import { randomUUID } from 'node:crypto';
import { DOCUMENT_ROOT } from '@cahier/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type LogFixture, openLogFixture, outcomes } from '../../test/log-fixture.ts';
import { randomDocument, updatesOf } from '../../test/random-documents.ts';
import { Writer } from '../../test/support.ts';
import { Snapshots } from '../log/snapshots.ts';
import { LogWriter } from '../log/writer.ts';
import { History } from './history.ts';

let fixture: LogFixture;
beforeAll(async () => {
  fixture = await openLogFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

function write(documentId: string, ...updates: Uint8Array[]) {
  const log = new LogWriter(fixture.database);
  const appends = updates.map(update => fixture.append(documentId, update));
  expect(outcomes(log.commit(appends)).every(outcome => typeof outcome === 'number')).toBe(true);
}

/** The document as its log makes it. */
function read(documentId: string): Y.Doc {
  const rows = fixture.database
    .prepare('select bytes from updates where document_id = ? order by seq')
    .all(documentId) as { bytes: Buffer }[];
  const doc = new Y.Doc();
  for (const { bytes } of rows) Y.applyUpdate(doc, bytes);
  return doc;
}

const textOf = (doc: Y.Doc) => doc.getText(DOCUMENT_ROOT).toString();

describe('restoring', () => {
  test('brings back what was deleted, takes out what was added, and keeps the log', () => {
    const documentId = fixture.document();
    const author = new Writer();
    write(documentId, author.type('hello '), author.type('world'), author.erase(6), author.type('!'));
    const history = new History(fixture.database, documentId);
    expect(history.restore(2)).toEqual({ seq: 5, accessGeneration: 0 });
    expect(textOf(read(documentId))).toBe('hello world');
    expect(history.entries(10).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(history.textAt(4)).toBe('world!');

    expect(history.restore(4)).toMatchObject({ seq: 6 });
    expect(textOf(read(documentId))).toBe('world!');
    expect(history.restore(4)).toMatchObject({ seq: undefined });
  });

  test('to before the first entry empties the document', () => {
    const documentId = fixture.document();
    write(documentId, new Writer().type('hello'));
    new History(fixture.database, documentId).restore(0);
    expect(textOf(read(documentId))).toBe('');
  });

  test('merges with what others write at the same time', () => {
    const documentId = fixture.document();
    const author = new Writer();
    write(documentId, author.type('one '), author.type('two '));
    const unaware = author.type('three');
    new History(fixture.database, documentId).restore(1);
    write(documentId, unaware);
    expect(textOf(read(documentId))).toBe('one three');
  });

  test('works after a snapshot has been made', () => {
    const documentId = fixture.document();
    const author = new Writer();
    write(documentId, author.type('kept'), author.erase(4));
    const snapshots = new Snapshots(fixture.database);
    snapshots.make(documentId);
    new History(fixture.database, documentId).restore(1);
    snapshots.make(documentId);
    const row = fixture.database.prepare('select bytes from snapshots where document_id = ?').get(documentId);
    const doc = new Y.Doc();
    Y.applyUpdate(doc, (row as { bytes: Buffer }).bytes);
    expect(textOf(doc)).toBe('kept');
  });

  test('works for any history and any point of it', () => {
    fc.assert(
      fc.property(randomDocument, fc.nat(), (steps, choice) => {
        const documentId = fixture.document();
        const updates = updatesOf(steps);
        write(documentId, ...updates);
        const seq = choice % (updates.length + 1);
        const doc = new Y.Doc();
        for (const update of updates.slice(0, seq)) Y.applyUpdate(doc, update);
        new History(fixture.database, documentId).restore(seq);
        expect(textOf(read(documentId))).toBe(textOf(doc));
      }),
      { numRuns: 20 },
    );
  });

  test('is refused for an entry that is not there, and for a document that is not', () => {
    const documentId = fixture.document();
    write(documentId, new Writer().type('hello'));
    const history = new History(fixture.database, documentId);
    for (const seq of [2, -1, 0.5, Number.NaN])
      expect(() => history.restore(seq)).toThrow('There is no entry');
    expect(() => new History(fixture.database, randomUUID())).toThrow('There is no document');
  });
});

test('an entry that cannot be read is named', () => {
  const documentId = fixture.document();
  const author = new Writer();
  write(documentId, author.type('hello'));
  fixture.database
    .prepare('update updates set bytes = ? where document_id = ?')
    .run(Buffer.of(9, 9, 9), documentId);
  const history = new History(fixture.database, documentId);
  const [entry] = history.entries(1);
  expect(entry).toMatchObject({ seq: 1, author: 'somebody@example.org', bytes: 3 });
  expect(entry?.problem).toBeTypeOf('string');
  expect(history.textAt(1)).toBe('');
});
