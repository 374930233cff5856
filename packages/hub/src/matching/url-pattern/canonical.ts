import { HubError } from '../../diagnostics/errors.ts';

/** The parts of a URL that a pattern has a pattern for. */
export const COMPONENTS = [
  'protocol',
  'username',
  'password',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const;
export type Component = (typeof COMPONENTS)[number];

/**
 * Bring the fixed text of a pattern into the form it has in parsed URLs, for example percent-encoded (URL Pattern
 * Standard, "Canonicalization"): then patterns and URLs compare character by character. All results are ASCII.
 *
 * @throws HubError `matcher_invalid` for text that no URL can have there
 */
export const canonicalize: Readonly<Record<Component | 'opaquePathname' | 'ipv6Hostname', Canonicalize>> = {
  protocol(text) {
    // Not left to the URL parser, which overlooks white space before a protocol and in it.
    return /^[a-z][a-z\d+.-]*$/i.test(text) ? text.toLowerCase() : fail('protocol');
  },
  username: text => set('username', text),
  password: text => set('password', text),
  hostname(text) {
    // A setter keeps the old value when the new one is impossible: then the two differ.
    const [one, other] = ['one', 'other'].map(dummy => {
      const url = new URL(`https://${dummy}.invalid`);
      url.hostname = text;
      return url.hostname;
    });
    return one === undefined || one !== other ? fail('hostname') : one;
  },
  ipv6Hostname: text => (/^[0-9A-Fa-f[\]:]*$/.test(text) ? text.toLowerCase() : fail('hostname')),
  port(text) {
    const digits = /^[0-9]+/.exec(text)?.[0];
    return digits === undefined || Number(digits) > 65_535 ? fail('port') : String(Number(digits));
  },
  pathname(text) {
    // Without a slash before it, text is the middle of a path: the dummy prefix keeps it from being resolved as a whole.
    if (text.startsWith('/')) return set('pathname', text);
    const path = set('pathname', `/-${text}`);
    // Dots that climb above the text take the prefix with them: where they lead is not known here.
    return path === '/' ? fail('pathname') : path.slice(2);
  },
  opaquePathname: text =>
    text.replace(/[^\x20-\x7e]+/gu, characters =>
      Buffer.from(characters)
        .toString('hex')
        .toUpperCase()
        .replace(/../g, hex => `%${hex}`),
    ),
  search: text => set('search', `?${text}`).slice(1),
  hash: text => set('hash', `#${text}`).slice(1),
};

type Canonicalize = (text: string) => string;

function set(component: Exclude<Component, 'protocol'>, text: string): string {
  const url = new URL('https://dummy.invalid');
  url[component] = text;
  return url[component];
}

function fail(component: string): never {
  throw new HubError('matcher_invalid', `The URL pattern has an impossible ${component}`);
}

/** The components of a URL, without the punctuation between them. */
export function componentsOf(url: URL): Readonly<Record<Component, string>> {
  const { username, password, hostname, port, pathname } = url;
  return {
    protocol: url.protocol.slice(0, -1),
    username,
    password,
    hostname,
    port,
    pathname,
    search: url.search.slice(1),
    hash: url.hash.slice(1),
  };
}
