import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { DOCUMENT_ROOT } from '@cahier/protocol';
import type { Database } from 'better-sqlite3';
import * as Y from 'yjs';
import { readUpdate } from '../log/read-update.ts';
import { effective } from '../log/stored-update.ts';
import { LogWriter } from '../log/writer.ts';
import { contentOf, textOf } from './content.ts';

export interface HistoryEntry {
  readonly seq: number;
  readonly createdAt: Date;
  readonly author: string;
  readonly bytes: number;
  /** Characters and other elements that it brings. */
  readonly added: number;
  /** Elements that it says are deleted, perhaps not for the first time. */
  readonly deleted: number;
  /** Why it cannot be read; the writer takes none of these, so something has happened to the disk. */
  readonly problem: string | undefined;
}

export interface Restored {
  /** The number of the entry that was appended; undefined: nothing has changed since. */
  readonly seq: number | undefined;
  readonly accessGeneration: number;
}

interface UpdateRow {
  seq: number;
  bytes: Uint8Array;
}

/** What an administrator asks of, or does to, one document's log. The server may be running meanwhile, or not. */
export class History {
  readonly #database: Database;
  readonly #documentId: string;
  /** The first entry of the present format: what is before it can be listed, and no more. */
  readonly #first: number;

  /** @throws Error when there is no such document */
  constructor(database: Database, documentId: string) {
    this.#database = database;
    this.#documentId = documentId;
    if (!database.prepare('select 1 from documents where id = ?').get(documentId)) {
      throw new Error(`There is no document ${documentId}`);
    }
    const carried = database
      .prepare('select carried_seq from former_documents where document_id = ?')
      .pluck()
      .get(documentId) as number | undefined;
    this.#first = carried ?? 1;
  }

  /** The last entries of the log, the newest last. */
  entries(limit: number): HistoryEntry[] {
    const rows = this.#database
      .prepare(
        `select seq, updates.created_at as at, email, bytes from updates join users on users.id = user_id
         where document_id = ? order by seq desc limit ?`,
      )
      .all(this.#documentId, limit) as (UpdateRow & { at: number; email: string })[];
    return rows.reverse().map(({ seq, at, email, bytes }) => ({
      seq,
      createdAt: new Date(at),
      author: email,
      bytes: bytes.length,
      ...summaryOf(bytes),
    }));
  }

  /** The document's text as it was after this entry. */
  textAt(seq: number): string {
    return textOf(this.#read(seq).getText(DOCUMENT_ROOT));
  }

  /**
   * Makes the document what it was after entry `seq`, by appending one entry in its owner's name. Everything stays in
   * the log, so this can be taken back by restoring to the number before it. What has not changed since keeps its
   * identity, where that is possible, and edits that arrive later merge as always.
   *
   * @throws Error when there is no such entry, or the document is in the trash; nothing has been appended then
   */
  restore(seq: number): Restored {
    const doc = this.#read(seq);
    const root = doc.getText(DOCUMENT_ROOT);
    const wanted = contentOf(root);
    const since = Symbol('since');
    const undoManager = new Y.UndoManager(doc, { trackedOrigins: new Set([since]) });
    doc.transact(() => {
      for (const { bytes } of this.#updates(seq + 1)) Y.applyUpdate(doc, effective(bytes));
    }, since);
    const before = Y.encodeStateVector(doc);
    const latest = contentOf(root);
    if (isDeepStrictEqual(latest, wanted)) return { seq: undefined, accessGeneration: 0 };
    undoManager.undo();
    // Undoing may leave out what several people have changed at the same place: then everything is written anew.
    if (!isDeepStrictEqual(contentOf(root), wanted)) rewrite(root, this.#read(seq).getText(DOCUMENT_ROOT));
    if (!isDeepStrictEqual(contentOf(root), wanted)) {
      throw new Error(`The document could not be made again what it was at ${seq}`);
    }
    return this.#append(Y.encodeStateAsUpdate(doc, before));
  }

  /** The document after entry `seq`. Nothing deleted is forgotten, so that it can come back. */
  #read(seq: number): Y.Doc {
    const last = this.#updates(this.#first).at(-1)?.seq ?? 0;
    if (Number.isInteger(seq) && seq > 0 && seq < this.#first) {
      throw new Error(`Entry ${seq} is of the former format: the present one begins with ${this.#first}`);
    }
    if (!Number.isInteger(seq) || seq < 0 || seq > last) {
      throw new Error(`There is no entry ${seq}: the log has ${last}`);
    }
    const doc = new Y.Doc({ gc: false });
    doc.transact(() => {
      for (const update of this.#updates(this.#first, seq)) Y.applyUpdate(doc, effective(update.bytes));
    });
    return doc;
  }

  #updates(from: number, to = Number.MAX_SAFE_INTEGER): UpdateRow[] {
    return this.#database
      .prepare('select seq, bytes from updates where document_id = ? and seq between ? and ? order by seq')
      .all(this.#documentId, from, to) as UpdateRow[];
  }

  #append(bytes: Uint8Array): Restored {
    const { userId } = this.#database
      .prepare("select user_id as userId from members where document_id = ? and role = 'owner'")
      .get(this.#documentId) as { userId: string };
    const writer = new LogWriter(this.#database);
    const [result] = writer.commit([{ documentId: this.#documentId, userId, batch: randomUUID(), bytes }]);
    if (!result || 'code' in result)
      throw new Error(`The log does not take it: ${result?.code} (${result?.detail})`);
    return { seq: result.seq, accessGeneration: result.accessGeneration };
  }
}

function rewrite(root: Y.Text, wanted: Y.Text): void {
  root.doc?.transact(() => {
    root.delete(0, root.length);
    for (const name of Object.keys(root.getAttributes())) root.removeAttribute(name);
    for (const [name, value] of Object.entries(wanted.getAttributes())) root.setAttribute(name, value);
    const parts: { insert: unknown }[] = wanted.toDelta();
    root.applyDelta(
      parts.map(part =>
        part.insert instanceof Y.AbstractType ? { ...part, insert: part.insert.clone() } : part,
      ),
      { sanitize: false },
    );
  });
}

function summaryOf(bytes: Uint8Array): Pick<HistoryEntry, 'added' | 'deleted' | 'problem'> {
  let added = 0;
  let deleted = 0;
  try {
    readUpdate(bytes, DOCUMENT_ROOT, {
      struct: (_, clock, end) => {
        added += end - clock;
      },
      deletion: (_, clock, end) => {
        deleted += end - clock;
      },
    });
    return { added, deleted, problem: undefined };
  } catch (error) {
    return { added, deleted, problem: (error as Error).message };
  }
}
