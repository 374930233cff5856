import { RequestError } from '@cahier/protocol';

/** Why something did not work, in a sentence fit for the screen. */
export function failureText(error: unknown): string {
  if (!(error instanceof RequestError)) return 'Something went wrong in the browser.';
  switch (error.code) {
    case 'unreachable':
      return 'The server cannot be reached.';
    case 'unexpected_response':
      return 'Something between here and the server answered in its place.';
    default:
      return error.message.endsWith('.') ? error.message : `${error.message}.`;
  }
}
