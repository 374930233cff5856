import { randomUUID } from 'node:crypto';
import { formerToUpdate } from '@cahier/editor-schema';
import type { Database } from 'better-sqlite3';
import * as Y from 'yjs';
import { isStorageFailure } from '../errors.ts';
import { snapshotReader } from './stored-snapshot.ts';

/** A document of the former format that could not be brought over, and stays as it is. */
export interface Unreadable {
  readonly documentId: string;
  readonly reason: string;
}

interface LogEnd {
  last_seq: number;
  owner: string;
}

/**
 * Brings documents of the former format into the present one, each in a transaction of its own: one more update in its
 * log, and a snapshot that holds nothing else. What was in the log stays there, as history; loading starts at the
 * snapshot. Nothing can be written any more that builds on the former format, as the snapshot does not know it: whoever
 * still has it open is refused.
 *
 * What is interrupted is gone on with at the next call; what could not be read is tried again.
 *
 * @returns those that cannot be read: nothing in them is changed, and nothing may be written to them
 * @throws Error when the disk fails
 */
export function carryOver(database: Database): Unreadable[] {
  const waiting = database.prepare<[], { document_id: string }>(
    'select document_id from former_documents where carried_seq is null',
  );
  const newestSnapshot = snapshotReader(database);
  const updates = database.prepare<[string, number], { bytes: Uint8Array }>(
    'select bytes from updates where document_id = ? and seq > ? order by seq',
  );
  const write = carriedWriter(database);
  const carry = database.transaction((documentId: string) => {
    const newest = newestSnapshot(documentId);
    const following = updates.all(documentId, newest?.seq ?? 0).map(({ bytes }) => bytes);
    write(documentId, formerToUpdate(...(newest ? [newest.bytes, ...following] : following)));
  });

  const unreadable: Unreadable[] = [];
  for (const { document_id: documentId } of waiting.all()) {
    try {
      carry.immediate(documentId);
    } catch (error) {
      if (isStorageFailure(error)) throw error;
      unreadable.push({ documentId, reason: (error as Error).message });
    }
  }
  return unreadable;
}

/**
 * Writes what a document of the former format becomes at the end of its log, from where it is loaded from now on. To be
 * called in a transaction.
 *
 * @returns a function from the document and its content as one update of the present format to the entry's number
 */
export function carriedWriter(database: Database): (documentId: string, bytes: Uint8Array) => number {
  const end = database.prepare<[string], LogEnd>(
    `select last_seq, user_id as owner from documents join members on document_id = id
     where id = ? and role = 'owner'`,
  );
  const append = database.prepare(
    'insert into updates (document_id, seq, batch, user_id, created_at, bytes) values (?, ?, ?, ?, ?, ?)',
  );
  const store = database.prepare(
    `insert or replace into snapshots (document_id, seq, created_at, bytes, state_vector)
     values (?, ?, ?, ?, ?)`,
  );
  const note = database.prepare(
    'update documents set last_seq = ?, snapshot_seq = ?, bytes_after_snapshot = 0 where id = ?',
  );
  const done = database.prepare('update former_documents set carried_seq = ? where document_id = ?');

  return (documentId, bytes) => {
    const log = end.get(documentId);
    if (!log) throw new Error('It has no owner');
    const seq = log.last_seq + 1;
    const now = Date.now();
    append.run(documentId, seq, randomUUID(), log.owner, now, bytes);
    store.run(documentId, seq, now, bytes, Y.encodeStateVectorFromUpdate(bytes));
    note.run(seq, seq, documentId);
    done.run(seq, documentId);
    return seq;
  };
}
