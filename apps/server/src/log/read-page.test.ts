import { open } from 'node:fs/promises';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type LogFixture, openLogFixture, silent } from '../../test/log-fixture.ts';
import { Writer } from '../../test/support.ts';
import { type DocumentLog, openLog } from './index.ts';

let fixture: LogFixture;
beforeEach(async () => {
  fixture = await openLogFixture();
});
afterEach(() => fixture[Symbol.asyncDispose]());

/** The log on a disk that takes nothing before it is told to. */
async function startOnHeldDisk() {
  const { prototype } = (await handleClass()) as { prototype: Handle };
  const datasync = prototype.datasync;
  const syncs: PromiseWithResolvers<void>[] = [];
  const held = vi.spyOn(prototype, 'datasync').mockImplementation(async function (this: Handle) {
    const sync = Promise.withResolvers<void>();
    syncs.push(sync);
    await sync.promise;
    await datasync.call(this);
  });
  onTestFinished(() => held.mockRestore());
  const crashes: Error[] = [];
  const committed: number[] = [];
  const log = await openLog({
    dataDir: fixture.dataDir,
    logger: silent,
    onCommitted: entries => committed.push(...entries.map(({ seq }) => seq)),
    onCrash: error => crashes.push(error),
  });
  onTestFinished(() => log.close());
  return {
    log,
    crashes,
    syncs,
    untilCommitted: (seq: number) => expect.poll(() => committed).toContain(seq),
    untilSyncing: (count: number) => expect.poll(() => syncs.length).toBe(count),
  };
}

type Handle = Awaited<ReturnType<typeof open>>;

/** Node exports the class of its file handles nowhere. */
async function handleClass(): Promise<unknown> {
  await using handle = await open(import.meta.filename);
  return handle.constructor;
}

/** Asks for a page; resolves when it has been read, whether or not it has been handed out. */
async function readPage(log: DocumentLog, documentId: string) {
  const page = log.readPage({ documentId, after: 0, cursor: '' });
  let state: 'read' | 'handed out' | 'refused' = 'read';
  page.then(
    () => {
      state = 'handed out';
    },
    () => {
      state = 'refused';
    },
  );
  // The same thread answers this, afterwards.
  await log.compare({ documentId, seq: 0, digest: '0'.repeat(16) });
  return {
    get state() {
      return state;
    },
    seq: async () => JSON.parse(new TextDecoder().decode(await page)).seq as number,
    page,
  };
}

test('a page of the log is handed out when the disk has all that is in it, and not before', async () => {
  const { log, syncs, untilCommitted, untilSyncing } = await startOnHeldDisk();
  const documentId = fixture.document();
  const appended = log.append(fixture.append(documentId, new Writer().type('mine')));
  await untilCommitted(1);
  await untilSyncing(1);
  const reading = await readPage(log, documentId);
  expect(reading.state).toBe('read');
  syncs[0]?.resolve();
  expect(await reading.seq()).toBe(1);
  expect(await appended).toMatchObject({ seq: 1 });
});

test('what was committed while the disk was busy with what came before is waited for, too', async () => {
  const { log, syncs, untilCommitted, untilSyncing } = await startOnHeldDisk();
  const documentId = fixture.document();
  const writer = new Writer();
  const first = log.append(fixture.append(documentId, writer.type('one')));
  await untilSyncing(1);
  const second = log.append(fixture.append(documentId, writer.type(' two')));
  await untilCommitted(2);
  const reading = await readPage(log, documentId);
  syncs[0]?.resolve();
  await first;
  await untilSyncing(2);
  expect(reading.state).toBe('read');
  syncs[1]?.resolve();
  expect(await reading.seq()).toBe(2);
  await second;
});

test('where the disk has everything, pages cost no sync', async () => {
  const { log, syncs, untilSyncing } = await startOnHeldDisk();
  const documentId = fixture.document();
  const appended = log.append(fixture.append(documentId, new Writer().type('mine')));
  await untilSyncing(1);
  syncs[0]?.resolve();
  await appended;
  for (let times = 0; times < 3; times++) expect(await (await readPage(log, documentId)).seq()).toBe(1);
  expect(syncs).toHaveLength(1);
});

test('a page whose edits the disk does not take is refused, and the process is to end', async () => {
  const { log, syncs, crashes, untilSyncing } = await startOnHeldDisk();
  const documentId = fixture.document();
  const appended = log.append(fixture.append(documentId, new Writer().type('mine')));
  await untilSyncing(1);
  const reading = await readPage(log, documentId);
  syncs[0]?.reject(new Error('the disk is gone'));
  await expect(appended).rejects.toMatchObject({ code: 'storage_unavailable' });
  await expect(reading.page).rejects.toMatchObject({ code: 'storage_unavailable' });
  await expect.poll(() => crashes.map(({ message }) => message)).toEqual(['the disk is gone']);
});
