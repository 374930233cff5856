import type { Component } from './canonical.ts';
import { type Token, tokenize } from './tokens.ts';

export type ComponentPatterns = Partial<Record<Component, string>>;

type State = 'init' | 'authority' | Component | 'done';

/** In the order of a URL: what stands before and is not written is empty rather than anything. */
const BEFORE_PORT: readonly State[] = ['protocol', 'authority', 'username', 'password'];
const BEFORE_PATHNAME: readonly State[] = [...BEFORE_PORT, 'hostname', 'port'];
const BEFORE_SEARCH: readonly State[] = [...BEFORE_PATHNAME, 'pathname'];

/**
 * Cuts a pattern that is written like a URL, such as `https://*.example.com/books/:id`, into those of its components
 * (URL Pattern Standard, "parse a constructor string").
 *
 * @param isSpecial - whether a protocol's pattern matches one of the schemes that have an authority
 */
export function splitConstructorString(
  pattern: string,
  isSpecial: (protocol: string) => boolean,
): ComponentPatterns {
  const characters = [...pattern];
  const tokens = tokenize(characters, 'lenient');
  const result: ComponentPatterns = {};
  let state: State = 'init';
  let index = 0;
  let componentStart = 0;
  let groupDepth = 0;
  let bracketDepth = 0;
  let special = false;

  const is = (at: number, value: string) => isPlain(tokens[at] ?? tokens.at(-1), value);
  const component = () => {
    const [start, end] = [tokens[componentStart]?.index, tokens[index]?.index];
    return characters.slice(start, end).join('');
  };
  const change = (next: State, skipped: number) => {
    if (state !== 'init' && state !== 'authority' && state !== 'done') result[state] = component();
    if (state !== 'init' && next !== 'done') {
      if (BEFORE_PORT.includes(state) && ['port', 'pathname', 'search', 'hash'].includes(next)) {
        result.hostname ??= '';
      }
      if (BEFORE_PATHNAME.includes(state) && (next === 'search' || next === 'hash')) {
        result.pathname ??= special ? '/' : '';
      }
      if (BEFORE_SEARCH.includes(state) && next === 'hash') result.search ??= '';
    }
    state = next;
    index += skipped;
    componentStart = index;
  };
  const rewind = (next: State) => {
    index = componentStart;
    state = next;
  };
  /** Goes on to the path, the query or the fragment if it begins here. */
  const toPathOrBeyond = () => {
    if (is(index, '/')) change('pathname', 0);
    else return toSearchOrHash();
    return true;
  };
  const toSearchOrHash = () => {
    if (isSearchPrefix()) change('search', 1);
    else if (is(index, '#')) change('hash', 1);
    else return false;
    return true;
  };
  /** A "?" after a group is its modifier. */
  const isSearchPrefix = () => {
    if (is(index, '?')) return true;
    if (tokens[index]?.value !== '?') return false;
    return !['name', 'regexp', 'close', 'asterisk'].includes(tokens[index - 1]?.type ?? '');
  };

  /** Looks at one token; true when the state has changed and the token it now points to comes next. */
  const advance = (): boolean => {
    switch (state) {
      case 'init':
        if (!is(index, ':')) return false;
        rewind('protocol');
        return true;
      case 'protocol': {
        if (!is(index, ':')) return false;
        special = isSpecial(component());
        const slashes = is(index + 1, '/') && is(index + 2, '/');
        change(slashes || special ? 'authority' : 'pathname', slashes ? 3 : 1);
        return true;
      }
      case 'authority':
        if (is(index, '@')) rewind('username');
        else if (is(index, '/') || isSearchPrefix() || is(index, '#')) rewind('hostname');
        else return false;
        return true;
      case 'username':
        if (is(index, ':')) change('password', 1);
        else if (is(index, '@')) change('hostname', 1);
        else return false;
        return true;
      case 'password':
        if (!is(index, '@')) return false;
        change('hostname', 1);
        return true;
      case 'hostname':
        if (is(index, '[')) bracketDepth++;
        else if (is(index, ']')) bracketDepth--;
        else if (is(index, ':') && bracketDepth === 0) {
          change('port', 1);
          return true;
        } else return toPathOrBeyond();
        return false;
      case 'port':
        return toPathOrBeyond();
      case 'pathname':
        return toSearchOrHash();
      case 'search':
        if (!is(index, '#')) return false;
        change('hash', 1);
        return true;
      default:
        return false;
    }
  };

  while (index < tokens.length) {
    const type = tokens[index]?.type;
    if (type === 'end') {
      if (state === 'init') {
        rewind('init');
        if (!toSearchOrHash()) change('pathname', 0);
        continue;
      }
      if (state === 'authority') {
        rewind('hostname');
        continue;
      }
      change('done', 0);
      break;
    }
    if (type === 'open') {
      groupDepth++;
      index++;
      continue;
    }
    if (groupDepth > 0) {
      if (type !== 'close') {
        index++;
        continue;
      }
      groupDepth--;
    }
    if (!advance()) index++;
  }
  if (result.hostname !== undefined) result.port ??= '';
  // The standard takes off a second mark as well, since it reads the parts as if they had been given one by one.
  if (result.search?.startsWith('?')) result.search = result.search.slice(1);
  if (result.hash?.startsWith('#')) result.hash = result.hash.slice(1);
  return result;
}

/** Whether the token is this character and has no meaning to the pattern. */
function isPlain(token: Token | undefined, value: string): boolean {
  if (token?.value !== value) return false;
  return ['character', 'escaped-character', 'invalid-character'].includes(token.type);
}
