import { DOCUMENT_ROOT, type ErrorCode, MAX_UPDATE_BYTES, type Role } from '@cahier/protocol';
import type { Database, Statement, Transaction } from 'better-sqlite3';
import { refusalOf } from '../domain/policy.ts';
import { isStorageFailure } from '../errors.ts';
import { integrate, type StateVector } from './integrate.ts';
import { RefusedUpdate } from './refused-update.ts';
import { type KnownVector, StateVectors } from './state-vectors.ts';

/** One batch of edits on its way into a document's log. */
export interface Append {
  readonly documentId: string;
  readonly userId: string;
  readonly batch: string;
  readonly bytes: Uint8Array;
}

export interface Appended {
  readonly seq: number;
  /** The document's access generation at the moment of the commit. */
  readonly accessGeneration: number;
  /** Whether enough has been written since the newest snapshot to make another. */
  readonly snapshotDue: boolean;
}

export interface Refused {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** What has become of an append. */
export type Outcome = Appended | Refused;

/** How many clients' clocks the writer remembers, over all documents. */
const MAX_REMEMBERED_CLIENTS = 500_000;

/** A snapshot is due after so many updates, or so many bytes of them. */
const SNAPSHOT_AFTER_UPDATES = 500;
const SNAPSHOT_AFTER_BYTES = 1024 * 1024;

interface DocumentRow {
  last_seq: number;
  trashed_at: number | null;
  access_generation: number;
  snapshot_seq: number;
  bytes_after_snapshot: number;
}

/**
 * Appends to the logs of all documents. It is the only writer of logs, so what it checks is what it appends to.
 * An append is idempotent by document and batch. Whether its writer may is decided here, in the transaction: once a
 * withdrawal of access is committed, nothing of theirs is.
 */
export class LogWriter {
  readonly #vectors: StateVectors;
  readonly #findBatch: Statement<[string, string], { seq: number; bytes: Buffer }>;
  readonly #findDocument: Statement<[string], DocumentRow>;
  readonly #findRole: Statement<[string, string], Role>;
  readonly #insert: Statement<[string, number, string, string, number, Uint8Array]>;
  readonly #advance: Statement<[number, number, number, string]>;
  readonly #lastSeq: Statement<[string], number>;
  readonly #commit: Transaction<(appends: readonly Append[]) => Outcome[]>;
  readonly #commitKnown: Transaction<(appends: readonly Append[]) => Outcome[] | undefined>;
  readonly #now: () => number;

  constructor(database: Database, { now = Date.now, maxRememberedClients = MAX_REMEMBERED_CLIENTS } = {}) {
    this.#now = now;
    this.#vectors = new StateVectors(database, maxRememberedClients);
    this.#findBatch = database.prepare('select seq, bytes from updates where document_id = ? and batch = ?');
    // Each by itself: joined, they take five times as long.
    this.#findDocument = database.prepare(
      'select last_seq, trashed_at, access_generation, snapshot_seq, bytes_after_snapshot from documents where id = ?',
    );
    this.#findRole = database
      .prepare<[string, string], Role>('select role from members where document_id = ? and user_id = ?')
      .pluck();
    this.#insert = database.prepare(
      `insert into updates (document_id, seq, batch, user_id, created_at, bytes) values (?, ?, ?, ?, ?, ?)
       on conflict (document_id, batch) do nothing`,
    );
    this.#advance = database.prepare(
      'update documents set last_seq = ?, updated_at = ?, bytes_after_snapshot = bytes_after_snapshot + ? where id = ?',
    );
    this.#lastSeq = database.prepare<[string], number>('select last_seq from documents where id = ?').pluck();
    const append = (appends: readonly Append[]) => appends.map(each => this.#appendOrRefuse(each));
    this.#commit = database.transaction(append);
    this.#commitKnown = database.transaction((appends: readonly Append[]) =>
      appends.every(({ documentId }) => this.#isKnown(documentId)) ? append(appends) : undefined,
    );
  }

  /**
   * Appends all of them in one transaction, in their order. A refused one leaves the others alone; when the disk
   * fails, none is appended. When this returns, what was appended has been committed: whether it has reached the disk
   * is a matter of the database's `synchronous`.
   */
  commit(appends: readonly Append[]): Outcome[] {
    try {
      return this.#commit.immediate(appends);
    } catch (error) {
      this.#forget(appends);
      const isOurs = !isStorageFailure(error);
      // Whichever of them it was that we fail on must not take the others along.
      if (isOurs && appends.length > 1) return appends.flatMap(append => this.commit([append]));
      const refused: Refused = {
        code: isOurs ? 'internal_error' : 'storage_unavailable',
        detail: (error as Error).message,
      };
      return appends.map(() => refused);
    }
  }

  /**
   * Like {@link commit}, but only where that is a matter of a moment: when no other transaction is writing, what the
   * documents contain is remembered, and nothing fails.
   *
   * @returns undefined when nothing was done
   */
  commitAtOnce(appends: readonly Append[]): Outcome[] | undefined {
    try {
      return this.#commitKnown.immediate(appends);
    } catch (error) {
      // Where somebody else is writing it has not even begun.
      if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') this.#forget(appends);
      return undefined;
    }
  }

  /** What is remembered of the documents, those of more than so many clients excepted. */
  tellVectors(documentIds: Iterable<string>, maxClients: number): KnownVector[] {
    return [...documentIds].flatMap(documentId => this.#vectors.tell(documentId, maxClients) ?? []);
  }

  learnVectors(vectors: readonly KnownVector[]): void {
    for (const vector of vectors) this.#vectors.learn(vector);
  }

  #isKnown(documentId: string): boolean {
    const seq = this.#lastSeq.get(documentId);
    return seq !== undefined && this.#vectors.isKnown(documentId, seq);
  }

  /** Nothing was committed, so what is remembered of these documents may be ahead of their logs. */
  #forget(appends: readonly Append[]) {
    for (const { documentId } of appends) this.#vectors.forget(documentId);
  }

  #appendOrRefuse(append: Append): Outcome {
    try {
      return this.#append(append);
    } catch (error) {
      if (error instanceof RefusedUpdate) return { code: error.code, detail: error.message };
      throw error;
    }
  }

  #append({ documentId, userId, batch, bytes }: Append): Appended {
    const role = this.#findRole.get(documentId, userId);
    const document = role && this.#findDocument.get(documentId);
    const refusal = refusalOf(document && { role, trashedAt: document.trashed_at }, 'write');
    if (!document || refusal) {
      throw new RefusedUpdate(refusal ?? 'document_not_found', 'the right to write it has been withdrawn');
    }
    const accessGeneration = document.access_generation;

    let changes: StateVector;
    try {
      changes = this.#check(bytes, documentId, document.last_seq);
    } catch (error) {
      // A batch that is there was good when it came.
      const seq = this.#repeated(documentId, batch, bytes);
      if (seq === undefined) throw error;
      return { seq, accessGeneration, snapshotDue: false };
    }

    const seq = document.last_seq + 1;
    const now = this.#now();
    const inserted = this.#insert.run(documentId, seq, batch, userId, now, bytes);
    if (inserted.changes === 0) {
      const earlier = this.#repeated(documentId, batch, bytes) as number;
      return { seq: earlier, accessGeneration, snapshotDue: false };
    }
    this.#advance.run(seq, now, bytes.length, documentId);
    this.#vectors.advanceTo(documentId, seq, changes);
    const snapshotDue =
      seq - document.snapshot_seq >= SNAPSHOT_AFTER_UPDATES ||
      document.bytes_after_snapshot + bytes.length >= SNAPSHOT_AFTER_BYTES;
    return { seq, accessGeneration, snapshotDue };
  }

  /** @throws RefusedUpdate */
  #check(bytes: Uint8Array, documentId: string, lastSeq: number): StateVector {
    if (bytes.length > MAX_UPDATE_BYTES) {
      throw new RefusedUpdate('update_too_large', `at most ${MAX_UPDATE_BYTES} bytes are taken at once`);
    }
    return integrate(bytes, DOCUMENT_ROOT, this.#vectors.at(documentId, lastSeq));
  }

  /**
   * The number under which the batch has been appended before, if it has.
   *
   * @throws RefusedUpdate `batch_conflict`
   */
  #repeated(documentId: string, batch: string, bytes: Uint8Array): number | undefined {
    const earlier = this.#findBatch.get(documentId, batch);
    if (earlier && Buffer.compare(earlier.bytes, bytes) !== 0) {
      throw new RefusedUpdate('batch_conflict', `the batch is number ${earlier.seq} with other bytes`);
    }
    return earlier?.seq;
  }
}
