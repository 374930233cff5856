import type { Database } from 'better-sqlite3';

export interface StoredSnapshot {
  /** The number of the last update that it contains. */
  readonly seq: number;
  readonly bytes: Buffer;
}

interface Piece {
  seq: number;
  bytes: Buffer;
}

/**
 * Gives the function that reads a document's newest snapshot. A long one is stored in pieces: its first is in `snapshots`,
 * the others are in `snapshot_parts`, under the same number. What is there under other numbers is on its way, or out.
 */
export function snapshotReader(database: Database): (documentId: string) => StoredSnapshot | undefined {
  // One statement, so that all of it is read in one moment.
  const pieces = database.prepare<[string, string], Piece>(
    `select seq, bytes, 0 as part from snapshots where document_id = ?
     union all
     select parts.seq, parts.bytes, part
     from snapshots join snapshot_parts as parts using (document_id, seq)
     where document_id = ?
     order by part`,
  );
  return documentId => {
    const found = pieces.all(documentId, documentId);
    const [first] = found;
    if (!first) return undefined;
    const bytes = found.length === 1 ? first.bytes : Buffer.concat(found.map(piece => piece.bytes));
    return { seq: first.seq, bytes };
  };
}
