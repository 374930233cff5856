import type { Role } from '@cahier/protocol';
import type { Kysely } from 'kysely';

/** The tables as queries see them. Times are milliseconds since 1970; ids are UUIDs. */
export interface Tables {
  users: {
    id: string;
    /** Trimmed and in lower case, as the protocol's `emailSchema` makes it. */
    email: string;
    name: string;
    /** An Argon2id hash in PHC format. */
    password_hash: string;
    created_at: number;
  };
  sessions: {
    /** SHA-256 of the cookie's token: whoever reads the database cannot log in with it. */
    token_hash: Uint8Array;
    user_id: string;
    created_at: number;
    expires_at: number;
  };
  documents: {
    id: string;
    title: string;
    created_at: number;
    /** When text or title last changed. */
    updated_at: number;
    trashed_at: number | null;
    /** How often a right has been withdrawn; part of the document's topics. */
    access_generation: number;
    /** The number of the last update in the log; 0: none yet. */
    last_seq: number;
    /** The last update that the newest snapshot contains; 0: no snapshot. */
    snapshot_seq: number;
    /** Bytes of the updates that the newest snapshot does not contain. */
    bytes_after_snapshot: number;
  };
  members: {
    document_id: string;
    user_id: string;
    role: Role;
    created_at: number;
  };
  /** Who asks the owner of a document for access, or for the right to write, and has had no answer. */
  access_requests: {
    document_id: string;
    user_id: string;
    created_at: number;
  };
  /** The log: what was written, by whom and when. Never changed, never deleted with its document alive. */
  updates: {
    document_id: string;
    seq: number;
    /** Chosen by the writer; makes a retry recognisable. */
    batch: string;
    user_id: string;
    created_at: number;
    /** A Yjs update, version 1 encoding. */
    bytes: Uint8Array;
  };
  /** The newest snapshot of each document: its state after `seq`, as one Yjs update. */
  snapshots: {
    document_id: string;
    seq: number;
    created_at: number;
    /** All of it, or the first piece of a long one. */
    bytes: Uint8Array;
    state_vector: Uint8Array;
  };
  /** The other pieces of long snapshots, under the number of theirs (`log/stored-snapshot.ts`). */
  snapshot_parts: {
    document_id: string;
    seq: number;
    /** From 1. */
    part: number;
    bytes: Uint8Array;
  };
  /** Documents whose log begins in the former format: brought over before anything else is done (`log/carry-over.ts`). */
  former_documents: {
    document_id: string;
    /** The entry of the log with which the present format begins; null: it has not been brought over yet. */
    carried_seq: number | null;
  };
}

export type Db = Kysely<Tables>;
