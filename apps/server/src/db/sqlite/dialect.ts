import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Thread } from '../../threads/thread.ts';
import type { Query, QueryOutcome } from './query.worker.ts';

export type QueryThread = Thread<Query, QueryOutcome>;

/** Lets Kysely speak to a SQLite connection that lives in a worker thread, so that no query blocks the event loop. */
export function sqliteThreadDialect(thread: QueryThread): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new ThreadDriver(thread),
    createIntrospector: db => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

class ThreadDriver implements Driver {
  readonly #connection: ThreadConnection;
  readonly #thread: QueryThread;
  /** Resolves when whoever holds the connection lets go of it. There is one, so transactions never mix. */
  #free: Promise<void> = Promise.resolve();
  #letGo: () => void = () => {};

  constructor(thread: QueryThread) {
    this.#thread = thread;
    this.#connection = new ThreadConnection(thread);
  }

  init(): Promise<void> {
    return this.#thread.ready;
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const before = this.#free;
    let letGo = () => {};
    this.#free = new Promise(resolve => {
      letGo = resolve;
    });
    await before;
    this.#letGo = letGo;
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#letGo();
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    // A deferred transaction that starts reading and then writes fails if another thread wrote in between.
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await connection.executeQuery(CompiledQuery.raw('rollback'));
    } catch (error) {
      // A full disk makes SQLite roll back by itself; then there is nothing left to do (sqlite.org/lang_transaction.html).
      if ((error as { code?: string }).code !== 'SQLITE_ERROR') throw error;
    }
  }

  destroy(): Promise<void> {
    return this.#thread.close();
  }
}

class ThreadConnection implements DatabaseConnection {
  readonly #thread: QueryThread;

  constructor(thread: QueryThread) {
    this.#thread = thread;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, changes, insertId } = await this.#thread.call({ sql, parameters });
    return {
      rows: rows as Row[],
      ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }),
      ...(insertId === undefined ? {} : { insertId: BigInt(insertId) }),
    };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator, the application never streams
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Rows cannot be streamed out of another thread');
  }
}
