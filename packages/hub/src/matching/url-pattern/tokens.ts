import { HubError } from '../../diagnostics/errors.ts';

export type TokenType =
  | 'open'
  | 'close'
  | 'regexp'
  | 'name'
  | 'character'
  | 'escaped-character'
  | 'other-modifier'
  | 'asterisk'
  | 'end'
  | 'invalid-character';

export interface Token {
  readonly type: TokenType;
  /** Where it begins in the pattern, in code points. */
  readonly index: number;
  /** What it stands for, without its own punctuation. */
  readonly value: string;
}

const TYPES_BY_CHARACTER: Readonly<Record<string, TokenType>> = {
  '*': 'asterisk',
  '+': 'other-modifier',
  '?': 'other-modifier',
  '{': 'open',
  '}': 'close',
};

/**
 * Cuts a pattern into tokens (URL Pattern Standard, "tokenize").
 *
 * @param policy - `strict` refuses what has no meaning; `lenient` makes an `invalid-character` of it
 * @throws HubError `matcher_invalid`, when strict
 */
export function tokenize(characters: readonly string[], policy: 'strict' | 'lenient'): Token[] {
  const tokens: Token[] = [];
  let index = 0;
  const add = (type: TokenType, value: string, end: number) => {
    tokens.push({ type, index, value });
    index = end;
  };
  const invalid = (reason: string) => {
    if (policy === 'strict') throw new HubError('matcher_invalid', `The URL pattern ${reason}`);
    add('invalid-character', characters[index] ?? '', index + 1);
  };

  while (index < characters.length) {
    const character = characters[index] ?? '';
    const type = Object.hasOwn(TYPES_BY_CHARACTER, character) ? TYPES_BY_CHARACTER[character] : undefined;
    if (type !== undefined) add(type, character, index + 1);
    else if (character === '\\') {
      const escaped = characters[index + 1];
      if (escaped === undefined) invalid('ends with a backslash');
      else add('escaped-character', escaped, index + 2);
    } else if (character === ':') {
      const end = endOfName(characters, index + 1);
      if (end === index + 1) invalid('has a ":" that no name follows; write "\\:" for the character');
      else add('name', characters.slice(index + 1, end).join(''), end);
    } else if (character === '(') {
      const end = endOfRegexp(characters, index + 1);
      if (end === undefined) invalid('has a malformed group in parentheses');
      else add('regexp', characters.slice(index + 1, end).join(''), end + 1);
    } else add('character', character, index + 1);
  }
  add('end', '', index);
  return tokens;
}

function endOfName(characters: readonly string[], start: number): number {
  let end = start;
  // The names of groups are identifiers of ECMAScript.
  while (/^[\p{ID_Continue}$_\u200c\u200d]$/u.test(characters[end] ?? '')) {
    if (end === start && !/^[\p{ID_Start}$_]$/u.test(characters[end] ?? '')) break;
    end++;
  }
  return end;
}

/** The index of the closing parenthesis; undefined where the group breaks the rules. */
function endOfRegexp(characters: readonly string[], start: number): number | undefined {
  let depth = 1;
  for (let index = start; index < characters.length; index++) {
    const character = characters[index] ?? '';
    if (character > '\x7f' || (index === start && character === '?')) return undefined;
    if (character === '\\') {
      index++;
      if ((characters[index] ?? '\x80') > '\x7f') return undefined;
    } else if (character === ')') {
      depth--;
      if (depth === 0) return index === start ? undefined : index;
    } else if (character === '(') {
      depth++;
      if (characters[index + 1] !== '?') return undefined;
    }
  }
  return undefined;
}
