import { type ErrorCode, errors } from '@cahier/protocol';

interface CodedErrorDetails {
  /** For people; may change. */
  readonly detail?: string;
  /** Where the request is wrong: JSON Pointers into the body, or parameter names. */
  readonly pointers?: readonly { readonly pointer: string; readonly detail: string }[];
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** A failure that the caller is told about, by a code of the protocol. */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string | undefined;
  readonly pointers: CodedErrorDetails['pointers'];
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, details: CodedErrorDetails = {}) {
    super(details.detail ?? errors[code].title, { cause: details.cause });
    this.code = code;
    this.status = errors[code].status;
    this.detail = details.detail;
    this.pointers = details.pointers;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

const STORAGE_FAILURES = [
  'FULL',
  'IOERR',
  'READONLY',
  'CANTOPEN',
  'BUSY',
  'LOCKED',
  'NOMEM',
  'CORRUPT',
  'PERM',
];

/** Whether SQLite failed for a reason that lies with the disk, not with the statement (sqlite.org/rescode.html). */
export function isStorageFailure(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && STORAGE_FAILURES.some(name => code.startsWith(`SQLITE_${name}`));
}
