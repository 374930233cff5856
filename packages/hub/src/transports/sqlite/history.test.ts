import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { EARLIEST } from '../../messages/update.ts';
import { FIND, type HistoryBounds, openHistory, type StoredUpdate } from './history.ts';

const directory = mkdtempSync(join(tmpdir(), 'hub-history-'));
afterAll(() => rmSync(directory, { recursive: true }));
let files = 0;
const newFile = () => join(directory, `${++files}.db`);

/** The larger of the two sizes that are compared; `HISTORY_EVENTS=10000000` proves the rule at ten million. */
const MANY_EVENTS = Number(process.env.HISTORY_EVENTS ?? 200_000);

const UNBOUNDED: HistoryBounds = { maxEvents: Infinity, maxBytes: Infinity, maxAgeMs: Infinity };
const update = (id: number | string, bytes = 1): StoredUpdate => ({
  id: `urn:x:${id}`,
  topics: '["a"]',
  type: null,
  retry: null,
  private: 0,
  data: 'x'.repeat(bytes),
});
const updates = (count: number, bytes?: number) =>
  Array.from({ length: count }, (_, index) => update(index, bytes));

describe('the bounds of an SQLite history', () => {
  it('D3 discards by count, by bytes and by age, and keeps the newest event', () => {
    let now = 1_000;
    const history = openHistory(newFile(), () => now);
    history.commit(updates(10, 1_000), { ...UNBOUNDED, maxEvents: 7 });
    expect(history.size.events).toBe(7);
    expect(history.find('urn:x:1')).toBeUndefined();
    expect(history.find('urn:x:2')).toBe(3);
    expect(history.find('urn:x:3')).toBe(4);

    const oneEvent = history.size.bytes / 7;
    history.discard({ ...UNBOUNDED, maxBytes: oneEvent * 5 });
    expect(history.size).toEqual({ events: 5, bytes: oneEvent * 5 });
    history.discard({ ...UNBOUNDED, maxBytes: oneEvent * 5 - 1 });
    expect(history.size.events).toBe(4);

    now += 500;
    history.commit([update('young')], UNBOUNDED);
    now += 500;
    history.discard({ ...UNBOUNDED, maxAgeMs: 1_000 });
    expect(history.size.events).toBe(5);
    history.discard({ ...UNBOUNDED, maxAgeMs: 999 });
    expect(history.size.events).toBe(1);
    now += 1_000_000;
    history.discard({ maxEvents: 1, maxBytes: 1, maxAgeMs: 1 });
    expect(history.lastEventId).toBe('urn:x:young');
    expect(history.find(EARLIEST)).toBe(10);
    history.close();
  });

  it('D3 discards a limited number of events and bytes at a time, however much there is', () => {
    const history = openHistory(newFile());
    const steps = (bounds: HistoryBounds) => {
      const sizes = [history.size.events];
      while (history.discard(bounds)) sizes.push(history.size.events);
      sizes.push(history.size.events);
      return sizes.slice(1).map((size, index) => (sizes[index] ?? 0) - size);
    };
    history.commit(updates(2_000), UNBOUNDED);
    const few = steps({ ...UNBOUNDED, maxEvents: 10 });
    expect(history.size.events).toBe(10);
    expect(Math.max(...few)).toBeLessThanOrEqual(512);

    history.commit(updates(40, 1024 * 1024), UNBOUNDED);
    const large = steps({ ...UNBOUNDED, maxEvents: 1 });
    expect(history.size.events).toBe(1);
    expect(Math.max(...large.slice(1))).toBeLessThanOrEqual(9);
    history.close();
  });

  it('D3 cuts a page of large events short', () => {
    const history = openHistory(newFile());
    history.commit(updates(10, 400_000), UNBOUNDED);
    expect(history.read(0, 100)?.map(row => row.position)).toEqual([1, 2, 3]);
    expect(history.read(9, 100)).toHaveLength(1);
    history.close();
  });
});

/** How an event is found in a history of so many: what SQLite says it does, and what it touches on the way. */
function howItFinds(count: number) {
  const file = newFile();
  openHistory(file).close();
  const database = new Database(file);
  database.pragma('synchronous = OFF');
  database
    .prepare(
      `insert into event (position, id, published_at, bytes, bytes_until, topics, private, data)
       with recursive number(n) as (select 1 union all select n + 1 from number where n < ?)
       select n, 'urn:uuid:' || printf('%032x', n), 0, 42, n * 42, '["a"]', 0, '' from number`,
    )
    .run(count);

  let visited = 0;
  database.function('visit', () => ++visited);
  const counting = FIND.replace('where ', 'where visit() > 0 and ');
  const recent = `urn:uuid:${(count - 1).toString(16).padStart(32, '0')}`;
  expect(database.prepare(FIND).pluck().get(recent)).toBe(count - 1);
  database.prepare(counting).get(recent);
  const plan = database.prepare(`explain query plan ${FIND}`).all('') as { detail: string }[];
  const program = database.prepare(`explain ${FIND}`).all('') as { opcode: string }[];
  const depth = database
    .prepare("select max(length(path) - length(replace(path, '/', ''))) from dbstat where name = 'event_id'")
    .pluck()
    .get() as number;
  database.close();
  rmSync(file);
  return {
    plan: plan.map(({ detail }) => detail),
    program: program.map(({ opcode }) => opcode),
    visited,
    depth,
  };
}

it('D4 finds a recent event through the index, in as many steps at ten events as at millions', () => {
  const few = howItFinds(10);
  const many = howItFinds(MANY_EVENTS);
  expect(few.plan).toEqual(['SEARCH event USING COVERING INDEX event_id (id=?)']);
  expect(many.plan).toEqual(few.plan);
  // The same program runs, seeks once, and looks at one entry of the index.
  expect(many.program).toEqual(few.program);
  expect(few.program.filter(opcode => /^Seek/.test(opcode))).toEqual(['SeekGE']);
  expect([few.visited, many.visited]).toEqual([1, 1]);
  // What grows is only the depth of the index: some dozens of entries fit into each of its pages.
  expect(many.depth).toBeLessThanOrEqual(Math.ceil(Math.log(MANY_EVENTS) / Math.log(40)) + 1);
}, 300_000);
