import { RequestError } from '@cahier/protocol';

/**
 * Runs a request, and gives it up as `unreachable` when it takes longer than `deadlineMs`.
 *
 * @param signal - gives it up for another reason
 */
export async function withDeadline<T>(
  deadlineMs: number,
  request: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new RequestError('unreachable', 'The server did not answer in time')),
    deadlineMs,
  );
  try {
    return await request(signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]));
  } finally {
    clearTimeout(timer);
  }
}
