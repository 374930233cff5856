import { errorCodes, errors, RequestError } from '@cahier/protocol';
import { expect, test } from 'vitest';
import { asRequestError, judgeReading, judgeSending } from './failures.ts';

const failure = (code: (typeof errorCodes)[number]) =>
  new RequestError(code, '', { status: errors[code].status });

test('every failure of the server itself is worth another try, and every other coded one is not', () => {
  const retried = errorCodes.filter(code => judgeReading(failure(code)) === 'retry');
  expect(retried).toEqual(['too_many_attempts', ...errorCodes.filter(code => errors[code].status >= 500)]);
});

test('sending differs from reading only where it is about the right to write or about the edit', () => {
  const different = errorCodes.filter(code => judgeSending(failure(code)) !== judgeReading(failure(code)));
  expect(new Set(different)).toEqual(new Set(['forbidden', 'update_missing_dependencies', 'batch_conflict']));
});

test('an answer that is not the application’s says nothing about our rights', () => {
  for (const status of [200, 401, 403, 404, 413, 502]) {
    expect(judgeReading(new RequestError('unexpected_response', '', { status }))).toBe('retry');
  }
});

test('what is no RequestError counts as unreachable', () => {
  const error = new TypeError('failed to fetch');
  expect(asRequestError(error)).toMatchObject({ code: 'unreachable', cause: error });
  const own = new RequestError('forbidden', '');
  expect(asRequestError(own)).toBe(own);
});
