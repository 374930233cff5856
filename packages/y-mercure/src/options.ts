import type { Person } from '@cahier/protocol';
import type * as Y from 'yjs';
import type { AbsenceStore } from './absence-store.ts';
import type { ConnectionOptions } from './connection.ts';
import type { CopyStore } from './copies.ts';
import type { UpdateQueue } from './queue.ts';
import type { DocumentStreams } from './streams.ts';

export interface ProviderOptions extends ConnectionOptions {
  documentId: string;
  /** The document to keep in step. Default: a new one. What it already contains is sent, as far as the server lacks it. */
  doc?: Y.Doc;
  /** Receives and never sends edits: for people who may only read. Default: false. */
  readOnly?: boolean;
  /** Who is logged in here. With it, edits and a copy of the document are kept in IndexedDB, where there is one. */
  userId?: string;
  /** Where unacknowledged edits are kept. Default: IndexedDB (see `userId`), else memory. */
  queue?: UpdateQueue;
  /** Where a copy of the document is kept, to be opened without the server. Default: IndexedDB (see `userId`), else nowhere. */
  copies?: CopyStore;
  /**
   * Where it is kept what the person has seen, for a document that is shown to somebody. Default: nowhere; an absence then
   * ends with the page.
   */
  absences?: AbsenceStore;
  /** Brings the events; to be shared by several providers. Default: a stream for this provider alone. */
  streams?: DocumentStreams;
  /** Whether to take part in presence. Default: true. */
  presence?: boolean;
  /** What others appear as, under `user` in their awareness state. Default: the person as the server knows them. */
  userOf?: (person: Person) => Record<string, unknown>;
}
