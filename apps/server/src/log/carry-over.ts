import { randomUUID } from 'node:crypto';
import { formerToUpdate } from '@cahier/editor-schema';
import type { Database } from 'better-sqlite3';
import * as Y from 'yjs';

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
 * What is interrupted is gone on with at the next call.
 *
 * @returns how many were brought over
 * @throws Error when one of them cannot be read; it, and those not reached yet, are as they were
 */
export function carryOver(database: Database): number {
  const waiting = database.prepare<[], { document_id: string }>(
    'select document_id from former_documents where carried_seq is null',
  );
  const end = database.prepare<[string], LogEnd>(
    `select last_seq, user_id as owner from documents join members on document_id = id
     where id = ? and role = 'owner'`,
  );
  const snapshot = database.prepare<[string], { seq: number; bytes: Uint8Array }>(
    'select seq, bytes from snapshots where document_id = ?',
  );
  const updates = database.prepare<[string, number], { bytes: Uint8Array }>(
    'select bytes from updates where document_id = ? and seq > ? order by seq',
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

  const carry = database.transaction((documentId: string) => {
    const log = end.get(documentId);
    if (!log) throw new Error(`${documentId} has no owner`);
    const newest = snapshot.get(documentId);
    const following = updates.all(documentId, newest?.seq ?? 0).map(({ bytes }) => bytes);
    const bytes = converted(documentId, newest ? [newest.bytes, ...following] : following);
    const seq = log.last_seq + 1;
    const now = Date.now();
    append.run(documentId, seq, randomUUID(), log.owner, now, bytes);
    store.run(documentId, seq, now, bytes, Y.encodeStateVectorFromUpdate(bytes));
    note.run(seq, seq, documentId);
    done.run(seq, documentId);
  });

  const documents = waiting.all();
  for (const { document_id: documentId } of documents) carry.immediate(documentId);
  return documents.length;
}

function converted(documentId: string, updates: readonly Uint8Array[]): Uint8Array {
  try {
    return formerToUpdate(...updates);
  } catch (cause) {
    throw new Error(`The document ${documentId} could not be brought into the present format`, { cause });
  }
}
