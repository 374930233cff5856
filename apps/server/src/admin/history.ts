import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { formerToUpdate } from '@cahier/editor-schema';
import { DOCUMENT_ROOT } from '@cahier/protocol';
import type { Database } from 'better-sqlite3';
import * as Y from 'yjs';
import { carriedWriter } from '../log/carry-over.ts';
import { FORMER_ROOT, readUpdate } from '../log/read-update.ts';
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
  /**
   * The first entry of the present format; those before it are read on their own. Infinite while the whole log is of the
   * former format, because the server could not read it.
   */
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
      .get(documentId) as number | null | undefined;
    this.#first = carried === null ? Number.POSITIVE_INFINITY : (carried ?? 1);
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
      ...summaryOf(bytes, this.#isFormer(seq) ? FORMER_ROOT : DOCUMENT_ROOT),
    }));
  }

  /** The document's text as it was after this entry. */
  textAt(seq: number): string {
    return textOf((this.#isFormer(seq) ? this.#readFormer(seq) : this.#read(seq)).getText(DOCUMENT_ROOT));
  }

  /**
   * Makes the document what it was after entry `seq`, by appending one entry in its owner's name. Everything stays in
   * the log, so this can be taken back by restoring to the number before it. What has not changed since keeps its
   * identity, where that is possible, and edits that arrive later merge as always.
   *
   * An entry of the former format is written anew in the present one; where the server could not do so with the whole
   * log, that opens the document again.
   *
   * @throws Error when there is no such entry, or the document is in the trash; nothing has been appended then
   */
  restore(seq: number): Restored {
    if (this.#isFormer(seq)) return this.#restoreFormer(seq);
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

  #restoreFormer(seq: number): Restored {
    const wanted = this.#readFormer(seq);
    if (this.#first === Number.POSITIVE_INFINITY) {
      const carry = this.#database.transaction(() =>
        carriedWriter(this.#database)(this.#documentId, Y.encodeStateAsUpdate(wanted)),
      );
      const accessGeneration = this.#database
        .prepare('select access_generation from documents where id = ?')
        .pluck()
        .get(this.#documentId) as number;
      return { seq: carry.immediate(), accessGeneration };
    }
    const doc = this.#read(this.#last());
    const root = doc.getText(DOCUMENT_ROOT);
    const before = Y.encodeStateVector(doc);
    if (isDeepStrictEqual(contentOf(root), contentOf(wanted.getText(DOCUMENT_ROOT)))) {
      return { seq: undefined, accessGeneration: 0 };
    }
    rewrite(root, wanted.getText(DOCUMENT_ROOT));
    return this.#append(Y.encodeStateAsUpdate(doc, before));
  }

  #isFormer(seq: number): boolean {
    return seq < this.#first && (seq > 0 || this.#first === Number.POSITIVE_INFINITY);
  }

  /** The document after entry `seq` of the former format, in the present one. */
  #readFormer(seq: number): Y.Doc {
    if (!Number.isInteger(seq) || seq < 1 || seq > this.#last()) throw this.#noEntry(seq);
    const doc = new Y.Doc({ gc: false });
    try {
      Y.applyUpdate(doc, formerToUpdate(...this.#updates(1, seq).map(({ bytes }) => bytes)));
    } catch (cause) {
      throw new Error(`The document at ${seq} cannot be read: ${(cause as Error).message}`, { cause });
    }
    return doc;
  }

  /** The document after entry `seq`. Nothing deleted is forgotten, so that it can come back. */
  #read(seq: number): Y.Doc {
    if (!Number.isInteger(seq) || seq < 0 || seq > this.#last()) throw this.#noEntry(seq);
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

  #last(): number {
    return this.#database
      .prepare('select coalesce(max(seq), 0) from updates where document_id = ?')
      .pluck()
      .get(this.#documentId) as number;
  }

  #noEntry(seq: number): Error {
    return new Error(`There is no entry ${seq}: the log has ${this.#last()}`);
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

function summaryOf(bytes: Uint8Array, rootName: string): Pick<HistoryEntry, 'added' | 'deleted' | 'problem'> {
  let added = 0;
  let deleted = 0;
  try {
    readUpdate(bytes, rootName, {
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
