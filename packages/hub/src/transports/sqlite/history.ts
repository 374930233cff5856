import Database from 'better-sqlite3';
import { EARLIEST } from '../../messages/update.ts';
import { inspect } from './inspect.ts';
import { SCHEMA } from './schema.ts';

/** Pages of history are cut short here, so that a page of the largest updates does not fill the memory. */
const MAX_PAGE_BYTES = 1024 * 1024;

/** What one step of discarding takes away at most: a few milliseconds' worth. */
const DISCARD_STEP_EVENTS = 512;
const DISCARD_STEP_BYTES = 8 * 1024 * 1024;

/** How long a thread waits for the other one's checkpoint before it gives up. */
const BUSY_TIMEOUT_MS = 5_000;

export interface HistoryBounds {
  readonly maxEvents: number;
  readonly maxBytes: number;
  /** Infinity: no bound. */
  readonly maxAgeMs: number;
}

/** An update as a row of the history: what can be bound to a statement and cloned from thread to thread. */
export interface StoredUpdate {
  readonly id: string;
  /** A JSON array. */
  readonly topics: string;
  readonly type: string | null;
  readonly retry: number | null;
  readonly private: 0 | 1;
  readonly data: string;
}

export interface HistoryRow extends StoredUpdate {
  readonly position: number;
}

export interface HistorySize {
  readonly events: number;
  readonly bytes: number;
}

/** Where an event stands in the row of events and of their bytes. */
interface Mark {
  readonly position: number;
  readonly published_at: number;
  /** Bytes of the event itself. */
  readonly bytes: number;
  /** Bytes of this event and of all before it since the history began; only differences mean anything. */
  readonly bytes_until: number;
}

/** The statement that finds an event by its id; its plan is proven by a test. */
export const FIND = 'select position from event where id = ? order by position limit 1';

/**
 * Opens a history file for one thread, making it when it does not exist.
 *
 * @throws HubError `history_unusable` when it is damaged, is no history of a hub, or cannot be opened
 */
export function openHistory(file: string, now: () => number = Date.now): SqliteHistory {
  return inspect(file, () => {
    const database = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      // Readers never wait for the writer, and a commit has reached the disk when it returns.
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      SCHEMA.apply(database);
      return new SqliteHistory(database, now);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * The events of a hub in an SQLite database. Everything here is synchronous and belongs on a thread of its own.
 *
 * Positions count up without holes and the running total of bytes is stored with each event, so that the size of the
 * history is known from its two ends.
 */
export class SqliteHistory {
  readonly #database: Database.Database;
  readonly #now: () => number;
  readonly #statements;

  constructor(database: Database.Database, now: () => number) {
    this.#database = database;
    this.#now = now;
    const marks = 'select position, published_at, bytes, bytes_until from event order by position';
    this.#statements = {
      insert: database.prepare(
        `insert into event (position, id, published_at, bytes, bytes_until, topics, type, retry, private, data)
         values (@position, @id, @publishedAt, @bytes, @bytesUntil, @topics, @type, @retry, @private, @data)`,
      ),
      newest: database.prepare<[], Mark>(`${marks} desc limit 1`),
      newestId: database.prepare<[], string>('select id from event order by position desc limit 1').pluck(),
      oldest: database.prepare<[], Mark>(`${marks} limit 1`),
      oldestFew: database.prepare<[number], Mark>(`${marks} limit ?`),
      forgetDiscarded: database.prepare('delete from discarded'),
      rememberDiscarded: database.prepare<[number]>(
        'insert into discarded select position, id from event where position = ?',
      ),
      discard: database.prepare<[number]>('delete from event where position <= ?'),
      findDiscarded: database
        .prepare<[string], number>('select position from discarded where id = ?')
        .pluck(),
      find: database.prepare<[string], number>(FIND).pluck(),
      read: database.prepare<[number, number], HistoryRow>(
        `select position, id, topics, type, retry, private, data from event
         where position > ? order by position limit ?`,
      ),
      probe: database.prepare<[number]>('update probe set written_at = ?'),
    };
  }

  get lastEventId(): string {
    return this.#statements.newestId.get() ?? EARLIEST;
  }

  get size(): HistorySize {
    const newest = this.#statements.newest.get();
    const oldest = this.#statements.oldest.get();
    if (newest === undefined || oldest === undefined) return { events: 0, bytes: 0 };
    return {
      events: newest.position - oldest.position + 1,
      bytes: newest.bytes_until - oldest.bytes_until + oldest.bytes,
    };
  }

  /**
   * Stores the updates and takes one step of discarding, all in one transaction. When it returns they have reached the
   * disk; when it throws, none is stored.
   *
   * @returns the position of the first one, which the others follow, and whether there is more to discard
   */
  commit(updates: readonly StoredUpdate[], bounds: HistoryBounds): { first: number; more: boolean } {
    return this.#database
      .transaction(() => ({ first: this.#append(updates), more: this.discard(bounds) }))
      .immediate();
  }

  /**
   * Discards the oldest events that are beyond the bounds, a limited number at a time. The newest one always stays, so
   * that a client that has everything can still be told so.
   *
   * @returns whether there is more to discard
   */
  discard({ maxEvents, maxBytes, maxAgeMs }: HistoryBounds): boolean {
    const newest = this.#statements.newest.get();
    if (newest === undefined) return false;
    const oldestTime = this.#now() - maxAgeMs;
    let last: number | undefined;
    let bytes = 0;
    let more = true;
    for (const mark of this.#statements.oldestFew.iterate(DISCARD_STEP_EVENTS)) {
      const excessive =
        newest.position - mark.position >= maxEvents ||
        newest.bytes_until - mark.bytes_until + mark.bytes > maxBytes ||
        mark.published_at < oldestTime;
      more = excessive && mark.position < newest.position;
      if (!more) break;
      last = mark.position;
      bytes += mark.bytes;
      if (bytes >= DISCARD_STEP_BYTES) break;
    }
    if (last !== undefined) this.#forgetUntil(last);
    return more;
  }

  /**
   * The position of the earliest event with this id, or of the one that was discarded last, if it is that; for
   * `earliest` the position before the oldest event.
   */
  find(id: string): number | undefined {
    if (id === EARLIEST) return (this.#statements.oldest.get()?.position ?? 1) - 1;
    return this.#statements.find.get(id) ?? this.#statements.findDiscarded.get(id);
  }

  /** Up to `limit` events after a position; undefined when some of those are gone. */
  read(after: number, limit: number): HistoryRow[] | undefined {
    const page: HistoryRow[] = [];
    let bytes = 0;
    for (const row of this.#statements.read.iterate(after, limit)) {
      if (page.length === 0 && row.position !== after + 1) return undefined;
      page.push(row);
      bytes += bytesOf(row);
      if (bytes >= MAX_PAGE_BYTES) break;
    }
    return page;
  }

  /** @throws SqliteError when nothing can be stored, for example because the disk is full */
  probe(): void {
    this.#statements.probe.run(this.#now());
  }

  close(): void {
    this.#database.close();
  }

  /** Discards all events up to a position, and remembers which was the last. */
  #forgetUntil(last: number): void {
    this.#database.transaction(() => {
      this.#statements.forgetDiscarded.run();
      this.#statements.rememberDiscarded.run(last);
      this.#statements.discard.run(last);
    })();
  }

  #append(updates: readonly StoredUpdate[]): number {
    const newest = this.#statements.newest.get();
    const first = (newest?.position ?? 0) + 1;
    const publishedAt = this.#now();
    let bytesUntil = newest?.bytes_until ?? 0;
    for (const [index, update] of updates.entries()) {
      const bytes = bytesOf(update);
      bytesUntil += bytes;
      this.#statements.insert.run({ ...update, position: first + index, publishedAt, bytes, bytesUntil });
    }
    return first;
  }
}

function bytesOf({ id, topics, type, data }: StoredUpdate): number {
  return Buffer.byteLength(data) + Buffer.byteLength(id + topics + (type ?? ''));
}
