import type { Backoff } from '@cahier/mercure-client';
import type { ApiClient, Person } from '@cahier/protocol';
import type * as Y from 'yjs';
import type { UpdateQueue } from './queue.ts';

export interface ProviderOptions {
  documentId: string;
  /** The document to keep in step. Default: a new one. What it already contains is sent, as far as the server lacks it. */
  doc?: Y.Doc;
  /** Default: a client made from `baseUrl`, `fetch` and `headers`. */
  api?: ApiClient;
  /** Where the application is; the hub's URL may be relative to it. Default: this page. Needed outside browsers. */
  baseUrl?: string;
  /** Default: the global `fetch`. Used for the event stream, and for the API unless `api` is given. */
  fetch?: typeof fetch;
  /** Sent along with every request to the API (a `cookie`, for programs that hold a session). */
  headers?: Record<string, string>;
  /** Receives and never sends edits: for people who may only read. Default: false. */
  readOnly?: boolean;
  /** Who is logged in here. With it, unacknowledged edits are kept in IndexedDB, where there is one. */
  userId?: string;
  /** Where unacknowledged edits are kept. Default: IndexedDB (see `userId`), else memory. */
  queue?: UpdateQueue;
  /** Whether to take part in presence. Default: true. */
  presence?: boolean;
  /** What others appear as, under `user` in their awareness state. Default: the person as the server knows them. */
  userOf?: (person: Person) => Record<string, unknown>;
  /** A stream silent for so long is taken for dead. Longer than the hub's heartbeat. Default: 50 s. */
  silenceTimeoutMs?: number;
  /** How repeated attempts are spread. */
  backoff?: Backoff;
}
