import type { Database, Statement } from 'better-sqlite3';
import * as Y from 'yjs';
import { type StoredSnapshot, snapshotReader } from './stored-snapshot.ts';
import { effective } from './stored-update.ts';

/**
 * A snapshot is stored in pieces of this size, so that whoever appends waits for one of them at most and not for
 * megabytes.
 */
const PIECE_BYTES = 256 * 1024;

/** Longer than storing a piece: half of the time at least is for those who append. */
const PAUSE_MS = 5;

interface SnapshotsOptions {
  /** Called after each piece that was stored or removed, when no lock is held. Default: waits for some milliseconds. */
  readonly pause?: () => void;
}

/** Sums up logs: a snapshot is a document's state after some update of its log, as one Yjs update. */
export class Snapshots {
  readonly #database: Database;
  readonly #newest: (documentId: string) => StoredSnapshot | undefined;
  readonly #updates: Statement<[string, number], { seq: number; bytes: Uint8Array }>;
  readonly #store: Statement<[string, number, number, Uint8Array, Uint8Array]>;
  readonly #storePart: Statement<[string, number, number, Uint8Array]>;
  readonly #otherParts: Statement<[string, number], { seq: number; part: number }>;
  readonly #removePart: Statement<[string, number, number]>;
  readonly #note: Statement<[number, number, string]>;
  readonly #pause: () => void;

  constructor(database: Database, { pause = sleep }: SnapshotsOptions = {}) {
    this.#database = database;
    this.#pause = pause;
    this.#newest = snapshotReader(database);
    this.#updates = database.prepare(
      'select seq, bytes from updates where document_id = ? and seq > ? order by seq',
    );
    this.#store = database.prepare(
      `insert into snapshots (document_id, seq, created_at, bytes, state_vector) values (?, ?, ?, ?, ?)
       on conflict (document_id) do update set
         seq = excluded.seq, created_at = excluded.created_at,
         bytes = excluded.bytes, state_vector = excluded.state_vector`,
    );
    this.#storePart = database.prepare(
      'insert into snapshot_parts (document_id, seq, part, bytes) values (?, ?, ?, ?)',
    );
    this.#otherParts = database.prepare(
      'select seq, part from snapshot_parts where document_id = ? and seq <> ?',
    );
    this.#removePart = database.prepare(
      'delete from snapshot_parts where document_id = ? and seq = ? and part = ?',
    );
    this.#note = database.prepare(
      'update documents set snapshot_seq = ?, bytes_after_snapshot = max(0, bytes_after_snapshot - ?) where id = ?',
    );
  }

  /**
   * Makes the snapshot of a document's whole log and keeps it in place of the one before. The log stays as it is.
   *
   * @returns the number of the last update that the snapshot contains
   * @throws Error when the log cannot be applied completely; nothing is stored then
   */
  make(documentId: string): number {
    const newest = this.#newest(documentId);
    const doc = new Y.Doc();
    try {
      let seq = newest?.seq ?? 0;
      let bytesTaken = 0;
      // Applying is linear in the length of the log; Y.mergeUpdates is not. The text is not asked for: as a `Y.Text` it would
      // delete formatting that it holds to be superfluous, and everybody else still has.
      doc.transact(() => {
        if (newest) Y.applyUpdate(doc, newest.bytes);
        for (const update of this.#updates.iterate(documentId, seq)) {
          Y.applyUpdate(doc, effective(update.bytes));
          seq = update.seq;
          bytesTaken += update.bytes.length;
        }
      });
      if (doc.store.pendingStructs || doc.store.pendingDs) {
        throw new Error(`The log of ${documentId} has holes up to ${seq}`);
      }
      if (bytesTaken > 0) this.#save(documentId, { seq, from: newest?.seq ?? 0, bytesTaken }, doc);
      return seq;
    } finally {
      doc.destroy();
    }
  }

  #save(documentId: string, { seq, from, bytesTaken }: Range, doc: Y.Doc) {
    const bytes = Y.encodeStateAsUpdate(doc);
    const stateVector = Y.encodeStateVector(doc);
    // Of an attempt that was interrupted.
    this.#removeParts(documentId, from);
    for (let part = 1; part * PIECE_BYTES < bytes.length; part++) {
      this.#storePart.run(
        documentId,
        seq,
        part,
        bytes.subarray(part * PIECE_BYTES, (part + 1) * PIECE_BYTES),
      );
      this.#pause();
    }
    this.#database
      .transaction(() => {
        this.#store.run(documentId, seq, Date.now(), bytes.subarray(0, PIECE_BYTES), stateVector);
        this.#note.run(seq, bytesTaken, documentId);
      })
      .immediate();
    this.#removeParts(documentId, seq);
  }

  /** Removes the pieces of all snapshots of a document but this one. */
  #removeParts(documentId: string, except: number) {
    for (const { seq, part } of this.#otherParts.all(documentId, except)) {
      this.#removePart.run(documentId, seq, part);
      this.#pause();
    }
  }
}

/** What a snapshot adds to the one before. */
interface Range {
  readonly from: number;
  readonly seq: number;
  readonly bytesTaken: number;
}

/** Holds up this thread, which has nothing else to do. */
function sleep() {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
