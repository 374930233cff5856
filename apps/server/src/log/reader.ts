import { type LogPage, MAX_LOG_PAGE_BYTES } from '@cahier/protocol';
import type { Database, Statement } from 'better-sqlite3';
import { type StoredSnapshot, snapshotReader } from './stored-snapshot.ts';
import { effective } from './stored-update.ts';

interface UpdateRow {
  seq: number;
  batch: string;
  bytes: Buffer;
}

/** A client that is so many updates behind a snapshot is quicker with the snapshot. */
const CATCH_UP_MAX_UPDATES = 500;

const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');

/** Reads the logs of documents, a page at a time. */
export class LogReader {
  readonly #maxPageBytes: number;
  readonly #snapshotSeq: Statement<[string], { seq: number; size: number }>;
  readonly #snapshot: (documentId: string) => StoredSnapshot | undefined;
  readonly #sizeBetween: Statement<[string, number, number], number | null>;
  readonly #updates: Statement<[string, number], UpdateRow>;
  readonly #inOneMoment: (documentId: string, after: number) => Omit<LogPage, 'cursor' | 'epoch'>;

  constructor(database: Database, { maxPageBytes = MAX_LOG_PAGE_BYTES } = {}) {
    this.#maxPageBytes = maxPageBytes;
    this.#snapshotSeq = database.prepare(
      `select seq, length(bytes) + coalesce(
         (select sum(length(parts.bytes)) from snapshot_parts as parts
          where parts.document_id = snapshots.document_id and parts.seq = snapshots.seq), 0) as size
       from snapshots where document_id = ?`,
    );
    this.#snapshot = snapshotReader(database);
    this.#sizeBetween = database
      .prepare<[string, number, number], number | null>(
        'select sum(length(bytes)) from updates where document_id = ? and seq > ? and seq <= ?',
      )
      .pluck();
    this.#updates = database.prepare(
      'select seq, batch, bytes from updates where document_id = ? and seq > ? order by seq',
    );
    // One read transaction, so that snapshot and updates belong together.
    this.#inOneMoment = database.transaction((documentId: string, after: number) =>
      this.#read(documentId, after),
    );
  }

  /**
   * The page of the log that follows `after`, at most {@link MAX_LOG_PAGE_BYTES} of updates (but at least one). It
   * begins with the newest snapshot where that is shorter than what it stands for.
   */
  page(documentId: string, after: number): Omit<LogPage, 'cursor' | 'epoch'> {
    return this.#inOneMoment(documentId, after);
  }

  #read(documentId: string, after: number): Omit<LogPage, 'cursor' | 'epoch'> {
    const snapshot = this.#snapshotWorthSending(documentId, after);
    let room = this.#maxPageBytes - (snapshot?.bytes.length ?? 0);
    let seq = snapshot?.seq ?? after;
    const updates: LogPage['updates'] = [];
    let more = false;
    for (const row of this.#updates.iterate(documentId, seq)) {
      const isFirst = updates.length === 0 && !snapshot;
      if (row.bytes.length > room && !isFirst) {
        more = true;
        break;
      }
      room -= row.bytes.length;
      updates.push({ seq: row.seq, batch: row.batch, update: base64(effective(row.bytes)) });
      seq = row.seq;
    }
    return {
      snapshot: snapshot ? { seq: snapshot.seq, update: snapshot.bytes.toString('base64') } : null,
      updates,
      seq,
      more,
    };
  }

  #snapshotWorthSending(documentId: string, after: number) {
    const newest = this.#snapshotSeq.get(documentId);
    if (!newest || newest.seq <= after) return undefined;
    // How much it stands for is added up only where that is little: the log may have millions of updates.
    const isShorter =
      after === 0 ||
      newest.seq - after > CATCH_UP_MAX_UPDATES ||
      (this.#sizeBetween.get(documentId, after, newest.seq) ?? 0) > newest.size;
    return isShorter ? this.#snapshot(documentId) : undefined;
  }
}
