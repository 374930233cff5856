import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { type DocumentContent, updateToDocument } from '@cahier/editor-schema';
import type { Database } from 'better-sqlite3';
import { databaseFile } from '../../src/db/sqlite/open.ts';
import { LogReader } from '../../src/log/reader.ts';

// A database that the application wrote when documents still were of the former format, two people typing in browsers,
// and what it then showed of each document, by title.

const read = (name: string) => readFileSync(new URL(name, import.meta.url));

export const formerContents: Record<string, DocumentContent> = JSON.parse(read('contents.json').toString());

/** Puts the database into a data directory. */
export async function writeFormerDatabase(dataDir: string): Promise<void> {
  await writeFile(databaseFile(dataDir), gunzipSync(read('cahier.db.gz')));
}

/** Adds copies of a document to such a database. */
export function copyDocument(database: Database, title: string, copies: number): void {
  const copy = database.transaction((id: string) => {
    database
      .prepare(
        `insert into documents select ?, title, created_at, updated_at, trashed_at, access_generation, last_seq,
         snapshot_seq, bytes_after_snapshot from documents where title = ? limit 1`,
      )
      .run(id, title);
    for (const [table, columns] of [
      ['members', 'user_id, role, created_at'],
      ['updates', 'seq, batch, user_id, created_at, bytes'],
      ['snapshots', 'seq, created_at, bytes, state_vector'],
    ]) {
      database
        .prepare(
          `insert into ${table} (document_id, ${columns}) select ?, ${columns} from ${table}
           where document_id = (select id from documents where title = ? limit 1)`,
        )
        .run(id, title);
    }
  });
  for (let made = 0; made < copies; made++) copy(randomUUID());
}

interface DocumentRow {
  id: string;
  title: string;
  last_seq: number;
  updated_at: number;
}

export const documentsOf = (database: Database) =>
  database.prepare<[], DocumentRow>('select * from documents order by title, id').all();

export function documentTitled(database: Database, title: string): DocumentRow {
  const found = documentsOf(database).find(row => row.title === title);
  if (found === undefined) throw new Error(`There is no document ${title}`);
  return found;
}

export const logOf = (database: Database, documentId: string) =>
  database.prepare('select * from updates where document_id = ? order by seq').all(documentId) as {
    batch: string;
    bytes: Buffer;
  }[];

/** What somebody sees who opens the document. */
export function contentOf(database: Database, documentId: string) {
  const { snapshot, updates } = new LogReader(database).page(documentId, 0);
  const loaded = snapshot === null ? updates : [snapshot, ...updates];
  return updateToDocument(...loaded.map(({ update }) => Buffer.from(update, 'base64')));
}
