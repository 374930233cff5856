import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { describeTransport } from '../../../test/transport-contract.ts';
import { createUpdate, EARLIEST } from '../../messages/update.ts';
import type { LiveEvent, Transport } from '../transport.ts';
import { sqliteTransport } from './index.ts';

const directory = mkdtempSync(join(tmpdir(), 'hub-history-'));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;
const newFile = () => join(directory, `${++files}.db`);

const update = (id: string, data = '') => createUpdate({ topics: 'a', id, data }, 100_000_000);

/** The ids of the whole history; fails at a hole. */
async function ids(transport: Transport): Promise<string[]> {
  const found: string[] = [];
  let position = (await transport.find(EARLIEST)) ?? 0n;
  for (;;) {
    const page = await transport.read(position, 100);
    if (page === undefined) throw new Error('The history has a hole');
    const newest = page.at(-1);
    if (newest === undefined) return found;
    position = newest.position;
    found.push(...page.map(event => event.update.id));
  }
}

/** Holds the database as a long commit of somebody else would, so that the transport's own has to wait. */
function holdCommits(file: string): () => void {
  const database = new Database(file);
  database.exec('begin immediate');
  return () => {
    database.exec('rollback');
    database.close();
  };
}

describeTransport('SQLite', limits => sqliteTransport({ file: newFile(), ...limits }));

describe('durability', () => {
  it('D1 begins where the last process stopped', async () => {
    const file = newFile();
    const first = await sqliteTransport({ file });
    for (const id of ['1', '2', '3']) await first.publish(update(id));
    const second = await first.find('2');
    await first.close();

    const again = await sqliteTransport({ file });
    expect(again.lastEventId).toBe('3');
    expect(await again.find('2')).toBe(second);
    await again.publish(update('4'));
    expect(await ids(again)).toEqual(['1', '2', '3', '4']);
    await again.close();
  });

  it('D2 loses nothing it has acknowledged when the process is killed', async () => {
    const file = newFile();
    const script = fileURLToPath(new URL('../../../test/publish-forever.ts', import.meta.url));
    for (const killAfter of [1, 150]) {
      const child: ChildProcess = spawn(process.execPath, [script, file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(child, 'exit');
      const acknowledged: string[] = [];
      if (child.stdout === null) throw new Error('The child has no output');
      for await (const line of createInterface(child.stdout)) {
        acknowledged.push(line);
        if (acknowledged.length === killAfter) child.kill('SIGKILL');
      }
      await exited;
      const transport = await sqliteTransport({ file });
      const kept = await ids(transport);
      expect(kept).toEqual(expect.arrayContaining(acknowledged.filter(line => line !== '')));
      expect(transport.lastEventId).toBe(kept.at(-1));
      await transport.close();
    }
  }, 30_000);

  it('D6 keeps to itself what it could not store', async () => {
    const file = newFile();
    const transport = await sqliteTransport({ file });
    await transport.publish(update('good'));
    const database = new Database(file);
    database.exec(`create trigger fail before insert on event when new.id = 'bad'
      begin select raise(abort, 'no room'); end`);
    const heard: LiveEvent[] = [];
    transport.listen(event => heard.push(event));

    await expect(transport.publish(update('bad'))).rejects.toMatchObject({ code: 'transport_unavailable' });
    expect(heard).toEqual([]);
    expect(transport.lastEventId).toBe('good');
    database.exec(
      'drop trigger fail; create trigger full before update on probe begin select raise(abort, 1); end',
    );
    expect(await transport.ready()).toBe(false);
    database.exec('drop trigger full');
    database.close();

    await transport.publish(update('better'));
    expect(await ids(transport)).toEqual(['good', 'better']);
    await transport.close();
  });
});

describe('commits', () => {
  it('D5 leave the event loop and the readers alone, and share the disk', async () => {
    const file = newFile();
    const transport = await sqliteTransport({ file });
    await transport.publish(update('before'));
    const release = holdCommits(file);
    let stored = 0;
    const publishing = Array.from({ length: 200 }, async (_, index) => {
      await transport.publish(update(String(index)));
      stored++;
    });

    for (let turn = 0; turn < 1_000; turn++) await setImmediate();
    expect(await ids(transport)).toEqual(['before']);
    expect(stored).toBe(0);
    release();
    await Promise.all(publishing);
    expect(await ids(transport)).toHaveLength(201);
    await transport.close();

    // All that waited for the first commit went into the second one.
    const database = new Database(file, { readonly: true });
    const commits = database.prepare('select count(distinct published_at) from event').pluck().get();
    database.close();
    expect(commits).toBeLessThanOrEqual(3);
  });

  it('D7 refuses updates when too many bytes of them wait for the disk', async () => {
    const file = newFile();
    const transport = await sqliteTransport({ file });
    const release = holdCommits(file);
    const data = 'x'.repeat(20_000_000);
    const publishing = Promise.allSettled(
      ['1', '2', '3', '4'].map(id => transport.publish(update(id, data))),
    );
    await setImmediate();
    release();
    const results = await publishing;
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(results[3]).toMatchObject({ reason: { code: 'transport_unavailable' } });
    expect(await ids(transport)).toEqual(['1', '2', '3']);
    await transport.publish(update('5'));
    await transport.close();
  }, 30_000);

  it('D3 go on while a history with narrower bounds than before shrinks', async () => {
    const file = newFile();
    const wide = await sqliteTransport({ file });
    await Promise.all(Array.from({ length: 3_000 }, (_, index) => wide.publish(update(String(index)))));
    await wide.close();

    const narrow = await sqliteTransport({ file, maxEvents: 10 });
    await narrow.publish(update('new'));
    // The last one that was discarded is still known.
    while ((await narrow.find('2989')) !== undefined) await setImmediate();
    expect(await ids(narrow)).toHaveLength(10);
    expect(narrow.lastEventId).toBe('new');
    await narrow.close();
  });

  it('D3 forgets by itself what has become too old', async () => {
    const transport = await sqliteTransport({ file: newFile(), maxAgeMs: 50 });
    for (const id of ['older', 'old', 'new']) await transport.publish(update(id));
    while ((await transport.find('older')) !== undefined) await setImmediate();
    expect(transport.lastEventId).toBe('new');
    await transport.close();
  });
});

describe('a file that cannot be used', () => {
  it('D8 is taken over from an earlier version', async () => {
    const file = newFile();
    const before = await sqliteTransport({ file });
    await before.publish(update('1'));
    await before.close();
    const database = new Database(file);
    database.exec('drop table discarded; pragma user_version = 1');
    database.close();
    const after = await sqliteTransport({ file });
    await after.publish(update('2'));
    expect(await ids(after)).toEqual(['1', '2']);
    await after.close();
  });

  it('D8 is named when another hub has it', async () => {
    const file = newFile();
    const transport = await sqliteTransport({ file });
    await expect(sqliteTransport({ file })).rejects.toMatchObject({
      code: 'history_locked',
      message: expect.stringContaining(file),
    });
    await transport.publish(update('1'));
    await transport.close();
  });

  it.each([
    ['text', (file: string) => writeFileSync(file, 'This is no database. '.repeat(100))],
    [
      'a damaged history',
      async (file: string) => {
        await (await sqliteTransport({ file })).close();
        writeFileSync(file, Buffer.alloc(4_096, 0x55), { flag: 'r+' });
      },
    ],
    [
      'the database of something else',
      (file: string) => new Database(file).exec('create table person (name text)').close(),
    ],
    ['a directory', (file: string) => mkdirSync(file)],
  ])('D8 is named when it is %s', async (_what, prepare) => {
    const file = newFile();
    await prepare(file);
    await expect(sqliteTransport({ file })).rejects.toMatchObject({
      code: 'history_unusable',
      message: expect.stringContaining(file),
    });
  });

  it('D8 is named when its directory does not exist', async () => {
    await expect(sqliteTransport({ file: join(directory, 'missing', 'history.db') })).rejects.toMatchObject({
      code: 'history_unusable',
    });
  });

  it('D8 leaves the database of something else as it was', async () => {
    const file = newFile();
    new Database(file).exec('create table person (name text)').close();
    await sqliteTransport({ file }).catch(() => {});
    const database = new Database(file, { readonly: true });
    expect(database.prepare('select name from sqlite_schema').pluck().all()).toEqual(['person']);
    database.close();
  });

  it.each([{ maxEvents: 0 }, { maxBytes: 1.5 }, { maxAgeMs: -1 }, { maxAgeMs: Number.NaN }])(
    'M2 refuses the bound %j',
    bounds =>
      expect(sqliteTransport({ file: newFile(), ...bounds })).rejects.toMatchObject({
        code: 'options_invalid',
      }),
  );
});
