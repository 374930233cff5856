import { DOCUMENT_ROOT } from '@cahier/protocol';
import type { Database, Statement } from 'better-sqlite3';
import * as Y from 'yjs';
import { effective } from './stored-update.ts';

/** Sums up logs: a snapshot is a document's state after some update of its log, as one Yjs update. */
export class Snapshots {
  readonly #database: Database;
  readonly #newest: Statement<[string], { seq: number; bytes: Uint8Array }>;
  readonly #updates: Statement<[string, number], { seq: number; bytes: Uint8Array }>;
  readonly #store: Statement<[string, number, number, Uint8Array, Uint8Array]>;
  readonly #note: Statement<[number, number, string]>;

  constructor(database: Database) {
    this.#database = database;
    this.#newest = database.prepare('select seq, bytes from snapshots where document_id = ?');
    this.#updates = database.prepare(
      'select seq, bytes from updates where document_id = ? and seq > ? order by seq',
    );
    this.#store = database.prepare(
      `insert into snapshots (document_id, seq, created_at, bytes, state_vector) values (?, ?, ?, ?, ?)
       on conflict (document_id) do update set
         seq = excluded.seq, created_at = excluded.created_at,
         bytes = excluded.bytes, state_vector = excluded.state_vector`,
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
    const newest = this.#newest.get(documentId);
    const doc = new Y.Doc();
    try {
      doc.getText(DOCUMENT_ROOT);
      let seq = newest?.seq ?? 0;
      let bytesTaken = 0;
      // Applying is linear in the length of the log; Y.mergeUpdates is not.
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
      if (bytesTaken > 0) this.#save(documentId, seq, bytesTaken, doc);
      return seq;
    } finally {
      doc.destroy();
    }
  }

  #save(documentId: string, seq: number, bytesTaken: number, doc: Y.Doc) {
    const bytes = Y.encodeStateAsUpdate(doc);
    const stateVector = Y.encodeStateVector(doc);
    this.#database
      .transaction(() => {
        this.#store.run(documentId, seq, Date.now(), bytes, stateVector);
        this.#note.run(seq, bytesTaken, documentId);
      })
      .immediate();
  }
}
