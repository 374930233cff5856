import {
  type ClockRange,
  type ComparisonVerdict,
  contentsDigest,
  DOCUMENT_ROOT,
  joinRanges,
} from '@cahier/protocol';
import type { Database, Statement } from 'better-sqlite3';
import { readUpdate } from './read-update.ts';
import { type StoredSnapshot, snapshotReader } from './stored-snapshot.ts';
import { effective } from './stored-update.ts';

interface StoredRow {
  seq: number;
  bytes: Uint8Array;
}

/** What the log of a document holds up to some number. */
class Contents {
  seq: number;
  readonly vector = new Map<number, number>();
  readonly deleted = new Map<number, ClockRange[]>();
  #digest: string | undefined;

  constructor(seq: number) {
    this.seq = seq;
  }

  /** How much there is to remember. */
  get size(): number {
    let size = 1 + this.vector.size;
    for (const ranges of this.deleted.values()) size += ranges.length;
    return size;
  }

  add({ seq, bytes }: StoredRow): void {
    readUpdate(effective(bytes), DOCUMENT_ROOT, {
      struct: (client, _, end) => {
        if (end > (this.vector.get(client) ?? 0)) this.vector.set(client, end);
      },
      deletion: (client, clock, end) => {
        const ranges = this.deleted.get(client);
        if (ranges) ranges.push([clock, end]);
        else this.deleted.set(client, [[clock, end]]);
      },
    });
    this.seq = seq;
    this.#digest = undefined;
  }

  get digest(): string {
    if (this.#digest === undefined) {
      for (const [client, ranges] of this.deleted) this.deleted.set(client, joinRanges(ranges));
      this.#digest = contentsDigest(this);
    }
    return this.#digest;
  }
}

/**
 * Tells whether clients hold what the log holds. What was found out about a document is remembered and only continued
 * with what has been added to its log, so that a comparison costs what was written since the last one.
 */
export class LogDigests {
  /** Least recently used first. */
  readonly #remembered = new Map<string, Contents>();
  readonly #maxRemembered: number;
  #size = 0;
  readonly #end: Statement<[string], { seq: number | null }>;
  readonly #snapshot: (documentId: string) => StoredSnapshot | undefined;
  readonly #updates: Statement<[string, number, number], StoredRow>;
  readonly #inOneMoment: (documentId: string, seq: number, digest: string) => ComparisonVerdict;

  /** @param maxRemembered - clients and ranges of deleted elements, over all documents */
  constructor(database: Database, maxRemembered: number) {
    this.#maxRemembered = maxRemembered;
    this.#end = database.prepare('select max(seq) as seq from updates where document_id = ?');
    this.#snapshot = snapshotReader(database);
    this.#updates = database.prepare(
      'select seq, bytes from updates where document_id = ? and seq > ? and seq <= ? order by seq',
    );
    this.#inOneMoment = database.transaction((documentId: string, seq: number, digest: string) =>
      this.#compare(documentId, seq, digest),
    );
  }

  /** Whether a document with this digest is what the log holds up to `seq`. Only about the log's end part it can tell. */
  compare(documentId: string, seq: number, digest: string): ComparisonVerdict {
    return this.#inOneMoment(documentId, seq, digest);
  }

  #compare(documentId: string, seq: number, digest: string): ComparisonVerdict {
    if (seq > (this.#end.get(documentId)?.seq ?? 0)) return 'different';
    const contents = this.#at(documentId, seq);
    if (contents?.seq !== seq) return 'undecided';
    return contents.digest === digest ? 'equal' : 'different';
  }

  /** What the log holds up to `seq`, or further, where that is known already; undefined: it would take too long. */
  #at(documentId: string, seq: number): Contents | undefined {
    const contents = this.#remembered.get(documentId) ?? this.#begin(documentId, seq);
    if (contents === undefined) return undefined;
    this.#forget(documentId);
    if (contents.seq < seq) {
      for (const row of this.#updates.iterate(documentId, contents.seq, seq)) contents.add(row);
      // Joins what was added, before it is measured.
      void contents.digest;
    }
    this.#remember(documentId, contents);
    return contents;
  }

  /** A log is only read behind its snapshot: what is before may be long, and of a former format. */
  #begin(documentId: string, seq: number): Contents | undefined {
    const contents = new Contents(0);
    const snapshot = this.#snapshot(documentId);
    if (snapshot && snapshot.seq > seq) return undefined;
    if (snapshot) contents.add(snapshot);
    return contents;
  }

  #remember(documentId: string, contents: Contents): void {
    this.#remembered.set(documentId, contents);
    this.#size += contents.size;
    for (const other of this.#remembered.keys()) {
      if (this.#size <= this.#maxRemembered) return;
      this.#forget(other);
    }
  }

  #forget(documentId: string): void {
    this.#size -= this.#remembered.get(documentId)?.size ?? 0;
    this.#remembered.delete(documentId);
  }
}
