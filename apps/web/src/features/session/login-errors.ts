import { errors, RequestError } from '@cahier/protocol';

/** What to tell a person whose log-in failed. */
export function loginFailure(error: unknown): string {
  if (!(error instanceof RequestError)) return 'Something went wrong in the browser. Please reload the page.';
  switch (error.code) {
    case 'invalid_credentials':
      return `${errors.invalid_credentials.title}.`;
    case 'invalid_request':
      return 'That is not an e-mail address.';
    case 'too_many_attempts':
      return error.retryAfterSeconds === undefined
        ? 'Too many attempts. Please wait a little, then try again.'
        : `Too many attempts. Please try again in ${waitingTime(error.retryAfterSeconds)}.`;
    case 'unreachable':
      return 'The server cannot be reached. Check the connection and try again.';
    default:
      return `${error.message}.`.replace(/\.\.$/, '.');
  }
}

/** A waiting time in words, rounded up: "40 seconds", "3 minutes". */
export function waitingTime(seconds: number): string {
  const [count, unit] =
    seconds < 90 ? [Math.max(1, Math.ceil(seconds)), 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
