import { type ErrorCode, MAX_UPDATE_BYTES } from '@cahier/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LogFixture, openLogFixture, outcomes } from '../../test/log-fixture.ts';
import { Writer } from '../../test/support.ts';
import { Snapshots } from './snapshots.ts';
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

const rows = (documentId: string) =>
  fixture.database
    .prepare('select seq, batch, bytes from updates where document_id = ? order by seq')
    .all(documentId) as { seq: number; batch: string; bytes: Buffer }[];

test('every document has numbers of its own, from 1 and without holes', () => {
  const [one, two] = [fixture.document(), fixture.document()];
  const appends = [one, two, one, two, one].map(id => fixture.append(id, new Writer().type('x')));
  expect(outcomes(log.commit(appends))).toEqual([1, 1, 2, 2, 3]);
});

test('the document is as old as its last update', () => {
  const documentId = fixture.document();
  const later = new LogWriter(fixture.database, { now: () => 12_345 });
  later.commit([fixture.append(documentId, new Writer().type('x'))]);
  const document = fixture.database.prepare('select * from documents where id = ?').get(documentId);
  expect(document).toMatchObject({ updated_at: 12_345, last_seq: 1 });
});

describe('a batch is stored once', () => {
  test('the same bytes again get the same number', () => {
    const append = fixture.append(fixture.document(), new Writer().type('x'));
    log.commit([append]);
    expect(outcomes(log.commit([append, append]))).toEqual([1, 1]);
    expect(outcomes(new LogWriter(fixture.database).commit([append]))).toEqual([1]);
    expect(rows(append.documentId)).toHaveLength(1);
  });

  test('twice in one commit, too', () => {
    const append = fixture.append(fixture.document(), new Writer().type('x'));
    expect(outcomes(log.commit([append, append]))).toEqual([1, 1]);
  });

  test('other bytes under the same identifier are a conflict', () => {
    const append = fixture.append(fixture.document(), new Writer().type('x'));
    log.commit([append]);
    expect(outcomes(log.commit([{ ...append, bytes: new Writer().type('y') }]))).toEqual(['batch_conflict']);
  });

  test('the same identifier in another document is another batch', () => {
    const append = fixture.append(fixture.document(), new Writer().type('x'));
    expect(outcomes(log.commit([append, { ...append, documentId: fixture.document() }]))).toEqual([1, 1]);
  });
});

describe('what is refused changes nothing and harms nobody in the same commit', () => {
  test.each([
    ['update_malformed', () => Uint8Array.of(1, 2, 3)],
    ['update_too_large', () => new Uint8Array(MAX_UPDATE_BYTES + 1)],
    ['update_missing_dependencies', () => secondUpdate()],
  ])('%s', (code, bytes) => {
    const documentId = fixture.document();
    const good = () => fixture.append(documentId, new Writer().type('good'));
    const appends = [good(), fixture.append(documentId, bytes()), good()];
    expect(outcomes(log.commit(appends))).toEqual([1, code, 2]);
    expect(rows(documentId).map(({ batch }) => batch)).toEqual([appends[0]?.batch, appends[2]?.batch]);
  });

  test('a document that is gone', () => {
    const append = fixture.append(crypto.randomUUID(), new Writer().type('x'));
    expect(outcomes(log.commit([append]))).toEqual(['document_not_found']);
  });
});

describe('who may not write any more when the commit begins', () => {
  const withdrawals: [ErrorCode, string, string][] = [
    ['document_not_found', 'is no member', 'delete from members where document_id = ?'],
    ['forbidden', 'is a viewer', "update members set role = 'viewer' where document_id = ?"],
    ['forbidden', 'is a commenter', "update members set role = 'commenter' where document_id = ?"],
    ['document_not_found', 'finds it in the trash', 'update documents set trashed_at = 1 where id = ?'],
  ];

  test.each(withdrawals)('gets %s: %s', (code, _, withdrawal) => {
    const [documentId, other] = [fixture.document('editor'), fixture.document('editor')];
    const writer = new Writer();
    const earlier = fixture.append(documentId, writer.type('while that was allowed '));
    log.commit([earlier]);
    // On its way already: whoever sent it was an editor then.
    const late = fixture.append(documentId, writer.type('too late'));
    fixture.database.prepare(withdrawal).run(documentId);
    const harmless = fixture.append(other, new Writer().type('x'));
    expect(outcomes(log.commit([late, harmless, earlier]))).toEqual([code, 1, code]);
    expect(rows(documentId).map(({ batch }) => batch)).toEqual([earlier.batch]);
  });

  test('an owner gets document_in_trash', () => {
    const documentId = fixture.document();
    fixture.database.prepare('update documents set trashed_at = 1 where id = ?').run(documentId);
    const append = fixture.append(documentId, new Writer().type('x'));
    expect(outcomes(log.commit([append]))).toEqual(['document_in_trash']);
  });

  test('may again as soon as the right is given back, building on what was there', () => {
    const documentId = fixture.document('editor');
    const writer = new Writer();
    const setRole = (role: string) =>
      fixture.database.prepare('update members set role = ? where document_id = ?').run(role, documentId);
    log.commit([fixture.append(documentId, writer.type('one'))]);
    const next = fixture.append(documentId, writer.type('two'));
    setRole('viewer');
    expect(outcomes(log.commit([next]))).toEqual(['forbidden']);
    setRole('editor');
    expect(outcomes(log.commit([next]))).toEqual([2]);
  });
});

test('whatever bytes come, they are refused with a reason or they can be loaded', () => {
  const documentId = fixture.document();
  const snapshots = new Snapshots(fixture.database);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), bytes => {
      const before = rows(documentId).length;
      const [outcome] = outcomes(log.commit([fixture.append(documentId, bytes)]));
      if (typeof outcome === 'string') expect(outcome).toMatch(/^update_/);
      else expect(outcome).toBe(before + 1);
    }),
    { numRuns: 300, examples: [[Uint8Array.of(0, 0)]] },
  );
  snapshots.make(documentId);
});

describe('what an update builds on', () => {
  test('may have been appended in the same commit', () => {
    const documentId = fixture.document();
    const writer = new Writer();
    const appends = ['one', 'two', 'three'].map(word => fixture.append(documentId, writer.type(word)));
    expect(outcomes(log.commit(appends))).toEqual([1, 2, 3]);
  });

  test('is known again after a restart, from the log', () => {
    const documentId = fixture.document();
    const writer = new Writer();
    log.commit([fixture.append(documentId, writer.type('before'))]);
    const restarted = new LogWriter(fixture.database);
    expect(outcomes(restarted.commit([fixture.append(documentId, writer.type('after'))]))).toEqual([2]);
    expect(outcomes(restarted.commit([fixture.append(documentId, writer.erase(3))]))).toEqual([3]);
  });

  test('is known again after a restart, from the snapshot and what came after it', () => {
    const documentId = fixture.document();
    const writer = new Writer();
    log.commit([fixture.append(documentId, writer.type('one'))]);
    new Snapshots(fixture.database).make(documentId);
    log.commit([fixture.append(documentId, writer.type('two'))]);
    // Only the snapshot can answer for the first update now.
    fixture.database.prepare('delete from updates where document_id = ? and seq = 1').run(documentId);
    const restarted = new LogWriter(fixture.database);
    expect(outcomes(restarted.commit([fixture.append(documentId, writer.type('three'))]))).toEqual([3]);
    expect(outcomes(restarted.commit([fixture.append(documentId, secondUpdate())]))).toEqual([
      'update_missing_dependencies',
    ]);
  });

  test('is known of more documents than are remembered', () => {
    const small = new LogWriter(fixture.database, { maxRememberedClients: 3 });
    const writers = Array.from({ length: 10 }, () => ({ id: fixture.document(), writer: new Writer() }));
    for (const word of ['one', 'two', 'three']) {
      for (const { id, writer } of writers) small.commit([fixture.append(id, writer.type(word))]);
    }
    for (const { id } of writers) expect(rows(id)).toHaveLength(3);
  });
});

describe('when the disk is full', () => {
  const limitPages = (pages: number) => fixture.database.pragma(`max_page_count = ${pages}`);

  test('nothing is stored, and it works again when there is room', () => {
    const documentId = fixture.document();
    const writer = new Writer();
    log.commit([fixture.append(documentId, writer.type('before'))]);
    const appends = [
      fixture.append(documentId, writer.type('small')),
      fixture.append(documentId, writer.type('large '.repeat(20_000))),
    ];

    limitPages(1);
    expect(outcomes(log.commit(appends))).toEqual(['storage_unavailable', 'storage_unavailable']);
    expect(rows(documentId)).toHaveLength(1);

    limitPages(1_000_000);
    expect(outcomes(log.commit(appends))).toEqual([2, 3]);
    expect(rows(documentId).map(({ bytes }) => bytes)).toEqual([
      expect.anything(),
      Buffer.from(appends[0]?.bytes ?? []),
      Buffer.from(appends[1]?.bytes ?? []),
    ]);
  });

  test('an update that was not stored is not built upon', () => {
    const documentId = fixture.document();
    const writer = new Writer();
    log.commit([fixture.append(documentId, writer.type('before'))]);
    const lost = fixture.append(documentId, writer.type('large '.repeat(20_000)));
    const next = fixture.append(documentId, writer.type('next'));
    limitPages(1);
    log.commit([lost]);
    limitPages(1_000_000);
    expect(outcomes(log.commit([next]))).toEqual(['update_missing_dependencies']);
  });
});

test('a snapshot is due after many updates or many bytes, and not again once it is made', () => {
  const documentId = fixture.document();
  const writer = new Writer();
  const due = (word: string) => log.commit([fixture.append(documentId, writer.type(word))]).map(isDue);
  expect(due('x'.repeat(1000))).toEqual([false]);
  expect(due('x'.repeat(1024 * 1024))).toEqual([true]);
  new Snapshots(fixture.database).make(documentId);
  expect(due('x')).toEqual([false]);

  const many = Array.from({ length: 499 }, () => fixture.append(documentId, writer.type('x')));
  expect(log.commit(many).map(isDue).indexOf(true)).toBe(498);
});

const isDue = (result: object) => 'snapshotDue' in result && result.snapshotDue;

/** An update that continues one which nobody has. */
function secondUpdate(): Uint8Array {
  const writer = new Writer();
  writer.type('first');
  return writer.type('second');
}
