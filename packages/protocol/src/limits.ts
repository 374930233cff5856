/** Limits that both sides of the API know, so that a client can refuse early what the server would refuse anyway. */

/** A document's title, in UTF-16 code units after trimming. */
export const MAX_TITLE_LENGTH = 200;

/** The decoded size of one batch of edits (one Yjs update). */
export const MAX_UPDATE_BYTES = 4 * 1024 * 1024;

/** The JSON text of one person's presence state (cursor and selection). */
export const MAX_PRESENCE_STATE_BYTES = 4 * 1024;

/** Updates whose bytes exceed this are announced on the hub by number only; subscribers fetch them from the log. */
export const MAX_PUBLISHED_UPDATE_BYTES = 64 * 1024;

/** One page of the log, counted in decoded update bytes. A single larger update still travels whole. */
export const MAX_LOG_PAGE_BYTES = 8 * 1024 * 1024;

/** Longest e-mail address (RFC 5321, section 4.5.3.1.3) and longest password accepted, in UTF-16 code units. */
export const MAX_EMAIL_LENGTH = 254;
export const MAX_PASSWORD_LENGTH = 1024;

/** People who wait for an answer on one document; beyond it, whoever asked first is forgotten. */
export const MAX_ACCESS_REQUESTS = 100;

/**
 * Documents on one stream. Their topics stand in the URL and in the token of a request whose head Node takes up to
 * 16 KiB of, and many a proxy 8 KiB in one line.
 */
export const MAX_STREAM_DOCUMENTS = 24;

/**
 * Who is active in a document says so at least this often; the server takes them for gone when two reports in a row stay away.
 */
export const PRESENCE_REPORT_INTERVAL_MS = 4_000;
