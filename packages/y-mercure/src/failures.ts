import { errors, RequestError } from '@cahier/protocol';
import type { EndReason } from './state.ts';

/** Whatever an API client rejects with, as a RequestError: a client other than ours may throw anything. */
export function asRequestError(error: unknown): RequestError {
  return error instanceof RequestError
    ? error
    : new RequestError('unreachable', 'The request failed', { cause: error });
}

/** What to do about a failed request that only reads (the log, a subscription): `retry` later, or end for a reason. */
export type ReadingVerdict = 'retry' | Exclude<EndReason, 'closed'>;

/** What to do about a failed request that sends edits: `heal` means that they have to be put together differently. */
export type SendingVerdict = ReadingVerdict | 'heal';

export function judgeReading(error: RequestError): ReadingVerdict {
  switch (error.code) {
    case 'unreachable':
    case 'unexpected_response':
    case 'too_many_attempts':
      return 'retry';
    case 'unauthenticated':
      return 'logged_out';
    case 'document_not_found':
    case 'forbidden':
      return 'access_withdrawn';
    case 'document_in_trash':
      return 'trashed';
    default:
      return errors[error.code].status >= 500 ? 'retry' : 'refused';
  }
}

export function judgeSending(error: RequestError): SendingVerdict {
  switch (error.code) {
    case 'forbidden':
      return 'read_only';
    case 'update_missing_dependencies':
    case 'batch_conflict':
      return 'heal';
    default:
      return judgeReading(error);
  }
}
