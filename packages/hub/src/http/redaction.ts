import { TOKEN_PARAMETER } from '../authorization/credentials.ts';

/** Most of a URL that is worth a place in a log. */
const MAX_LOGGED_LENGTH = 2_048;

/**
 * A request's URL, fit for a log: the token that 0.x clients may put into it is left out. The parameter's name is
 * recognized in whatever way it is percent-encoded.
 */
export function redactedUrl(url: string): string {
  const mark = url.indexOf('?');
  if (mark === -1) return url.slice(0, MAX_LOGGED_LENGTH);
  const fields = url
    .slice(mark + 1)
    .split('&')
    .map(field => {
      const [name = ''] = new URLSearchParams(field).keys();
      return name === TOKEN_PARAMETER ? `${TOKEN_PARAMETER}=REDACTED` : field;
    });
  return `${url.slice(0, mark)}?${fields.join('&')}`.slice(0, MAX_LOGGED_LENGTH);
}
