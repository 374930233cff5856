import { DOCUMENT_ROOT } from '@cahier/protocol';
import type { Database, Statement } from 'better-sqlite3';
import { decodeStateVector } from 'yjs';
import { advance, type StateVector } from './integrate.ts';
import { effective } from './stored-update.ts';

interface Entry {
  seq: number;
  readonly vector: Map<number, number>;
}

/** The state vector of a document's log up to `seq`, as threads tell it each other. */
export interface KnownVector {
  readonly documentId: string;
  readonly seq: number;
  readonly vector: StateVector;
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
    this.#remember(documentId, entry);
    return entry.vector;
  }

  /** Whether {@link at} needs to read nothing. */
  isKnown(documentId: string, seq: number): boolean {
    return this.#entries.get(documentId)?.seq === seq;
  }

  /** What is remembered of a document, unless it has more clients than this. */
  tell(documentId: string, maxClients: number): KnownVector | undefined {
    const entry = this.#entries.get(documentId);
    return entry && entry.vector.size <= maxClients ? { documentId, ...entry } : undefined;
  }

  /** Remembers what another thread has told. */
  learn({ documentId, seq, vector }: KnownVector): void {
    this.#remember(documentId, { seq, vector: new Map(vector) });
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

  #remember(documentId: string, entry: Entry) {
    this.forget(documentId);
    this.#entries.set(documentId, entry);
    this.#clients += entry.vector.size;
    this.#evict(documentId);
  }

  #rebuild(documentId: string, seq: number): Entry {
    const { seq: from, vector } = this.#earlier(documentId, seq);
    for (const { bytes } of this.#updates.iterate(documentId, from, seq)) {
      advance(vector, effective(bytes), DOCUMENT_ROOT);
    }
    return { seq, vector };
  }

  /** What is known without reading the log: others may have appended to it since. */
  #earlier(documentId: string, seq: number): Entry {
    const cached = this.#entries.get(documentId);
    if (cached && cached.seq < seq) return cached;
    const snapshot = this.#snapshot.get(documentId);
    if (snapshot === undefined || snapshot.seq > seq) return { seq: 0, vector: new Map() };
    return { seq: snapshot.seq, vector: decodeStateVector(snapshot.state_vector) };
  }

  #evict(except: string) {
    for (const documentId of this.#entries.keys()) {
      if (this.#clients <= this.#maxClients) return;
      if (documentId !== except) this.forget(documentId);
    }
  }
}
