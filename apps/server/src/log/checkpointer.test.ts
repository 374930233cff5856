import { statSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LogFixture, openLogFixture, silent } from '../../test/log-fixture.ts';
import { Writer } from '../../test/support.ts';
import { databaseFile } from '../db/sqlite/open.ts';
import { Checkpointer } from './checkpointer.ts';
import { openLog } from './index.ts';

let fixture: LogFixture;
beforeAll(async () => {
  fixture = await openLogFixture();
});
afterAll(() => fixture[Symbol.asyncDispose]());

const MEBIBYTE = 1024 * 1024;
const sizeOf = (suffix = '') => statSync(databaseFile(fixture.dataDir) + suffix).size;

test('what is appended is moved into the database, and the write-ahead log does not grow with it', async () => {
  await using log = await open();
  const documentId = fixture.document();
  const author = new Writer();
  const text = 'x'.repeat(MEBIBYTE);
  const written = sizeOf();
  for (let appended = 0; appended < 12; appended++) {
    await log.append(fixture.append(documentId, author.type(text)));
    await log.append(fixture.append(documentId, author.erase(text.length)));
    // Whoever reads at the moment of a checkpoint needs what is in the write-ahead log a little longer.
    await log.snapshots.idle();
    await log.checkpoints.idle();
  }
  expect(sizeOf()).toBeGreaterThan(written + 8 * MEBIBYTE);
  expect(sizeOf('-wal')).toBeLessThan(10 * MEBIBYTE);
});

test('when it fails it is tried again, and nobody who writes hears of it', async () => {
  const checkpointer = new Checkpointer('/nowhere', silent);
  for (let time = 0; time < 2; time++) {
    checkpointer.committed([{ bytes: new Uint8Array(8 * MEBIBYTE) }]);
    await checkpointer.idle();
  }
  await checkpointer.close();
});

async function open() {
  const log = await openLog({
    dataDir: fixture.dataDir,
    logger: silent,
    onCrash: error => {
      throw error;
    },
  });
  return Object.assign(log, { [Symbol.asyncDispose]: () => log.close() });
}
