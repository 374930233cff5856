import { HubError } from '../../diagnostics/errors.ts';
import { type Token, type TokenType, tokenize } from './tokens.ts';

type Modifier = '' | '?' | '*' | '+';

/** A piece of a component's pattern: `prefix`, what `matches` something, `suffix`, together as often as the modifier says. */
export interface Part {
  readonly prefix: string;
  /** Nothing of its own, at least one character up to the delimiter, anything, or a regular expression. */
  readonly matches: 'nothing' | 'segment' | 'anything' | { readonly regexp: string };
  readonly suffix: string;
  readonly modifier: Modifier;
}

/**
 * Parses the pattern of one component (URL Pattern Standard, "parse a pattern string").
 *
 * @param prefix - the character that belongs to the group it precedes: `/` in paths, else none
 * @param encode - brings fixed text into the form that it has in parsed URLs
 * @throws HubError `matcher_invalid`
 */
export function parseParts(pattern: string, prefix: string, encode: (text: string) => string): Part[] {
  const tokens = tokenize([...pattern], 'strict');
  const parts: Part[] = [];
  const names = new Set<string>();
  let index = 0;
  let pendingText = '';

  const take = (type: TokenType): Token | undefined =>
    tokens[index]?.type === type ? tokens[index++] : undefined;
  const takeRequired = (type: TokenType) => {
    if (take(type) === undefined) throw malformed('has misplaced braces or modifiers');
  };
  const takeText = () => {
    let text = '';
    for (;;) {
      const token = take('character') ?? take('escaped-character');
      if (token === undefined) return text;
      text += token.value;
    }
  };
  const takeModifier = () => (take('other-modifier') ?? take('asterisk'))?.value as Modifier | undefined;
  const addPendingText = () => {
    if (pendingText !== '') {
      parts.push({ prefix: encode(pendingText), matches: 'nothing', suffix: '', modifier: '' });
    }
    pendingText = '';
  };

  /** Takes a name, a regular expression, both in this order, or an asterisk. */
  const takeGroup = (): Part['matches'] => {
    const name = take('name');
    if (name !== undefined) {
      if (names.has(name.value)) throw malformed(`names two groups "${name.value}"`);
      names.add(name.value);
    }
    const regexp = take('regexp');
    if (regexp !== undefined) return regexp.value === '.*' ? 'anything' : { regexp: regexp.value };
    if (name !== undefined) return 'segment';
    return take('asterisk') === undefined ? 'nothing' : 'anything';
  };

  while (index < tokens.length) {
    const character = take('character');
    const group = takeGroup();
    if (group !== 'nothing') {
      const before = character?.value ?? '';
      const isPrefix = before === prefix;
      if (!isPrefix) pendingText += before;
      addPendingText();
      parts.push({
        prefix: isPrefix ? encode(before) : '',
        matches: group,
        suffix: '',
        modifier: takeModifier() ?? '',
      });
      continue;
    }
    const fixed = character ?? take('escaped-character');
    if (fixed !== undefined) {
      pendingText += fixed.value;
      continue;
    }
    if (take('open') !== undefined) {
      const before = takeText();
      const matches = takeGroup();
      const after = takeText();
      takeRequired('close');
      const modifier = takeModifier() ?? '';
      if (matches === 'nothing' && modifier === '') {
        pendingText += before;
        continue;
      }
      addPendingText();
      if (matches === 'nothing' && before === '') continue;
      parts.push({ prefix: encode(before), matches, suffix: encode(after), modifier });
      continue;
    }
    addPendingText();
    takeRequired('end');
  }
  return parts;
}

function malformed(reason: string): HubError {
  return new HubError('matcher_invalid', `The URL pattern ${reason}`);
}
