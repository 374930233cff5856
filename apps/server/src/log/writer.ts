import { DOCUMENT_ROOT, type ErrorCode, MAX_UPDATE_BYTES, type Role } from '@cahier/protocol';
import type { Database, Statement, Transaction } from 'better-sqlite3';
import { refusalOf } from '../domain/policy.ts';
import { isStorageFailure } from '../errors.ts';
import { integrate } from './integrate.ts';
import { RefusedUpdate } from './refused-update.ts';
import { StateVectors } from './state-vectors.ts';

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

/** How many clients' clocks the writer remembers, over all documents. */
const MAX_REMEMBERED_CLIENTS = 500_000;

/** A snapshot is due after so many updates, or so many bytes of them. */
const SNAPSHOT_AFTER_UPDATES = 500;
const SNAPSHOT_AFTER_BYTES = 1024 * 1024;

/** A document as one of its members sees it. */
interface DocumentRow {
  role: Role;
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
  readonly #findDocument: Statement<[string, string], DocumentRow>;
  readonly #insert: Statement<[string, number, string, string, number, Uint8Array]>;
  readonly #advance: Statement<[number, number, number, string]>;
  readonly #commit: Transaction<(appends: readonly Append[]) => (Appended | Refused)[]>;
  readonly #now: () => number;

  constructor(database: Database, { now = Date.now, maxRememberedClients = MAX_REMEMBERED_CLIENTS } = {}) {
    this.#now = now;
    this.#vectors = new StateVectors(database, maxRememberedClients);
    this.#findBatch = database.prepare('select seq, bytes from updates where document_id = ? and batch = ?');
    this.#findDocument = database.prepare(
      `select role, last_seq, trashed_at, access_generation, snapshot_seq, bytes_after_snapshot
       from documents join members on document_id = id
       where id = ? and user_id = ?`,
    );
    this.#insert = database.prepare(
      'insert into updates (document_id, seq, batch, user_id, created_at, bytes) values (?, ?, ?, ?, ?, ?)',
    );
    this.#advance = database.prepare(
      'update documents set last_seq = ?, updated_at = ?, bytes_after_snapshot = bytes_after_snapshot + ? where id = ?',
    );
    this.#commit = database.transaction((appends: readonly Append[]) =>
      appends.map(append => this.#appendOrRefuse(append)),
    );
  }

  /**
   * Appends all of them in one transaction, in their order. A refused one leaves the others alone; when the disk
   * fails, none is appended. When this returns, what was appended has reached the disk.
   */
  commit(appends: readonly Append[]): (Appended | Refused)[] {
    try {
      return this.#commit.immediate(appends);
    } catch (error) {
      // Nothing was committed, so what was remembered of these documents is ahead of their logs.
      for (const { documentId } of appends) this.#vectors.forget(documentId);
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

  #appendOrRefuse(append: Append): Appended | Refused {
    try {
      return this.#append(append);
    } catch (error) {
      if (error instanceof RefusedUpdate) return { code: error.code, detail: error.message };
      throw error;
    }
  }

  #append({ documentId, userId, batch, bytes }: Append): Appended {
    const document = this.#findDocument.get(documentId, userId);
    const refusal = refusalOf(document && { role: document.role, trashedAt: document.trashed_at }, 'write');
    if (!document || refusal) {
      throw new RefusedUpdate(refusal ?? 'document_not_found', 'the right to write it has been withdrawn');
    }
    const accessGeneration = document.access_generation;

    const earlier = this.#findBatch.get(documentId, batch);
    if (earlier) {
      if (Buffer.compare(earlier.bytes, bytes) !== 0) {
        throw new RefusedUpdate('batch_conflict', `the batch is number ${earlier.seq} with other bytes`);
      }
      return { seq: earlier.seq, accessGeneration, snapshotDue: false };
    }

    if (bytes.length > MAX_UPDATE_BYTES) {
      throw new RefusedUpdate('update_too_large', `at most ${MAX_UPDATE_BYTES} bytes are taken at once`);
    }
    const changes = integrate(bytes, DOCUMENT_ROOT, this.#vectors.at(documentId, document.last_seq));

    const seq = document.last_seq + 1;
    const now = this.#now();
    this.#insert.run(documentId, seq, batch, userId, now, bytes);
    this.#advance.run(seq, now, bytes.length, documentId);
    this.#vectors.advanceTo(documentId, seq, changes);
    const snapshotDue =
      seq - document.snapshot_seq >= SNAPSHOT_AFTER_UPDATES ||
      document.bytes_after_snapshot + bytes.length >= SNAPSHOT_AFTER_BYTES;
    return { seq, accessGeneration, snapshotDue };
  }
}
