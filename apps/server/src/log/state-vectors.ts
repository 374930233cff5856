import { DOCUMENT_ROOT } from '@cahier/protocol';
import type { Database, Statement } from 'better-sqlite3';
import { decodeStateVector } from 'yjs';
import { advance, type StateVector } from './integrate.ts';
import { effective } from './stored-update.ts';

interface Entry {
  seq: number;
  readonly vector: Map<number, number>;
}

/**
 * The state vectors of the documents last written to. One that is not here, or is behind the log, is made anew from
 * snapshot and log, so the cache can be dropped at any time.
 */
export class StateVectors {
  /** Least recently used first. */
  readonly #entries = new Map<string, Entry>();
  readonly #maxClients: number;
  #clients = 0;
  readonly #snapshot: Statement<[string], { seq: number; state_vector: Uint8Array }>;
  readonly #updates: Statement<[string, number, number], { seq: number; bytes: Uint8Array }>;

  /** @param maxClients - how many clients, over all documents, are remembered; some 50 bytes each */
  constructor(database: Database, maxClients: number) {
    this.#maxClients = maxClients;
    this.#snapshot = database.prepare('select seq, state_vector from snapshots where document_id = ?');
    this.#updates = database.prepare(
      'select seq, bytes from updates where document_id = ? and seq > ? and seq <= ? order by seq',
    );
  }

  /** The state vector of a document's log up to `seq`. */
  at(documentId: string, seq: number): StateVector {
    const cached = this.#entries.get(documentId);
    if (cached?.seq === seq) {
      this.#entries.delete(documentId);
      this.#entries.set(documentId, cached);
      return cached.vector;
    }
    const entry = this.#rebuild(documentId, seq);
    this.forget(documentId);
    this.#entries.set(documentId, entry);
    this.#clients += entry.vector.size;
    this.#evict(documentId);
    return entry.vector;
  }

  /** Takes over what {@link at}'s vector has become with the update number `seq`. */
  advanceTo(documentId: string, seq: number, changes: StateVector): void {
    const entry = this.#entries.get(documentId);
    if (!entry) return;
    const before = entry.vector.size;
    for (const [client, clock] of changes) entry.vector.set(client, clock);
    entry.seq = seq;
    this.#clients += entry.vector.size - before;
    this.#evict(documentId);
  }

  forget(documentId: string): void {
    this.#clients -= this.#entries.get(documentId)?.vector.size ?? 0;
    this.#entries.delete(documentId);
  }

  #rebuild(documentId: string, seq: number): Entry {
    const snapshot = this.#snapshot.get(documentId);
    const usable = snapshot !== undefined && snapshot.seq <= seq;
    const vector = usable ? decodeStateVector(snapshot.state_vector) : new Map<number, number>();
    for (const { bytes } of this.#updates.iterate(documentId, usable ? snapshot.seq : 0, seq)) {
      advance(vector, effective(bytes), DOCUMENT_ROOT);
    }
    return { seq, vector };
  }

  #evict(except: string) {
    for (const documentId of this.#entries.keys()) {
      if (this.#clients <= this.#maxClients) return;
      if (documentId !== except) this.forget(documentId);
    }
  }
}
