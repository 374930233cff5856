import { errors, RequestError } from '@cahier/protocol';
import { waitingTime } from '../../ui/waiting-time.ts';

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
