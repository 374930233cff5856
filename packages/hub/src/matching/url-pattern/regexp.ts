import { HubError } from '../../diagnostics/errors.ts';
import type { Automaton } from '../automaton.ts';
import { ASCII_SIZE, type CharacterSet, characterSet, complement } from '../character-set.ts';

/**
 * The regular expressions that an automaton can run: sets, groups, alternatives and quantifiers. What looks around or
 * back needs memory of the text, and with it more than linear time.
 */
export type Expression =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly items: readonly Expression[] }
  | { readonly kind: 'alternatives'; readonly items: readonly Expression[] }
  | {
      readonly kind: 'repetition';
      readonly item: Expression;
      readonly min: number;
      /** Undefined: without end. */
      readonly max: number | undefined;
    };

const DIGITS = '0123456789';
const WORD = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz${DIGITS}_`;
const SPACE = '\t\n\v\f\r ';
const LINE_BREAKS = '\n\r';
const CLASS_ESCAPES: Readonly<Record<string, CharacterSet>> = {
  d: characterSet(DIGITS),
  D: complement(characterSet(DIGITS)),
  w: characterSet(WORD),
  W: complement(characterSet(WORD)),
  s: characterSet(SPACE),
  S: complement(characterSet(SPACE)),
};
const CONTROL_ESCAPES: Readonly<Record<string, string>> = { t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };
const SYNTAX = '^$\\.*+?()[]{}|/';
/** May not stand for themselves in a class, since the flag `v` gives them other uses. */
const CLASS_SYNTAX = '()[]{}/-|\\';
const CLASS_PUNCTUATORS = '&-!#%,:;<=>@`~';
/** Written twice in a class, these are operators or reserved. */
const DOUBLE_PUNCTUATORS = '&!#$%*+,.:;<=>?@^`~';
const MAX_NESTING = 50;

/**
 * Parses a regular expression with the flag `v`, as URL patterns have it, of ASCII characters.
 *
 * @throws HubError `matcher_invalid` when it is malformed, `matcher_unsupported` when it takes more than an automaton
 */
export function parseRegexp(source: string): Expression {
  let index = 0;
  const peek = () => source.charAt(index);
  const take = (text: string) => {
    if (!source.startsWith(text, index)) return false;
    index += text.length;
    return true;
  };

  function alternatives(depth: number): Expression {
    if (depth > MAX_NESTING) throw unsupported(`groups nested more than ${MAX_NESTING} deep`);
    const items = [sequence(depth)];
    while (take('|')) items.push(sequence(depth));
    return items.length === 1 && items[0] ? items[0] : { kind: 'alternatives', items };
  }

  function sequence(depth: number): Expression {
    const items: Expression[] = [];
    while (index < source.length && peek() !== '|' && peek() !== ')') items.push(quantified(atom(depth)));
    return { kind: 'sequence', items };
  }

  function atom(depth: number): Expression {
    if (take('(')) return group(depth);
    if (take('[')) return { kind: 'set', set: characterClass() };
    if (take('.')) return { kind: 'set', set: complement(characterSet(LINE_BREAKS)) };
    if (take('\\')) return { kind: 'set', set: escaped(SYNTAX) };
    const character = peek();
    if (character === '^' || character === '$')
      throw unsupported('anchors; a group matches as a whole anyway');
    if (SYNTAX.includes(character) && character !== '/') throw malformed();
    index++;
    return { kind: 'set', set: characterSet(character) };
  }

  function group(depth: number): Expression {
    if (take('?')) {
      if (/^<?[=!]/.test(source.slice(index))) throw unsupported('lookaround');
      const name = /^<[A-Za-z_$][A-Za-z0-9_$]*>/.exec(source.slice(index))?.[0];
      if (!take(name ?? ':')) throw unsupported('modifiers');
    }
    const inner = alternatives(depth + 1);
    if (!take(')')) throw malformed();
    return inner;
  }

  function quantified(item: Expression): Expression {
    const counts = /^\{(\d+)(?:(,)(\d*))?\}/.exec(source.slice(index));
    let range: [min: number, max: number | undefined];
    if (take('*')) range = [0, undefined];
    else if (take('+')) range = [1, undefined];
    else if (take('?')) range = [0, 1];
    else if (counts !== null) {
      index += counts[0].length;
      const [min, comma, max] = [Number(counts[1]), counts[2], counts[3]];
      range = [min, comma === undefined ? min : max ? Number(max) : undefined];
    } else return item;
    // Whether it prefers few or many makes no difference to what matches.
    take('?');
    const [min, max] = range;
    if (max !== undefined && max < min) throw malformed();
    return { kind: 'repetition', item, min, max };
  }

  /** What follows a backslash. */
  function escaped(identities: string): CharacterSet {
    const letter = peek();
    index++;
    const set = Object.hasOwn(CLASS_ESCAPES, letter) ? CLASS_ESCAPES[letter] : undefined;
    if (set !== undefined) return set;
    if (Object.hasOwn(CONTROL_ESCAPES, letter)) return characterSet(CONTROL_ESCAPES[letter] ?? '');
    if (letter !== '' && identities.includes(letter)) return characterSet(letter);
    if (letter === '0' && !/[0-9]/.test(peek())) return characterSet('\0');
    const code = /^(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]+)\})/.exec(source.slice(index - 1));
    if (code !== null) {
      index += code[0].length - 1;
      const value = Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '', 16);
      if (value > 0x10_ff_ff) throw malformed();
      // URLs have only ASCII characters in them: others match nothing.
      return characterSet(value < 128 ? String.fromCharCode(value) : '');
    }
    if (/^[1-9k]$/.test(letter)) throw unsupported('references to groups');
    if (/^[bB]$/.test(letter)) throw unsupported('word boundaries');
    if (/^[pPcq]$/.test(letter)) throw unsupported(`\\${letter}`);
    throw malformed();
  }

  function characterClass(): CharacterSet {
    const negated = take('^');
    const set = new Uint8Array(characterSet(''));
    while (!take(']')) {
      const from = classItem();
      if (peek() !== '-' || source.charAt(index + 1) === '-') {
        for (let code = 0; code < ASCII_SIZE; code++)
          set[code] = (set[code] as number) | (from[code] as number);
        continue;
      }
      index++;
      const [low, high] = [onlyCharacter(from), onlyCharacter(classItem())];
      if (low > high) throw malformed();
      set.fill(1, low, high + 1);
    }
    return negated ? complement(set) : set;
  }

  function classItem(): CharacterSet {
    const character = peek();
    if (character === '') throw malformed();
    if (character === '[') throw unsupported('classes within classes');
    if (DOUBLE_PUNCTUATORS.includes(character) && source.charAt(index + 1) === character) {
      throw unsupported('operations on classes');
    }
    if (take('\\')) return escaped(SYNTAX + CLASS_PUNCTUATORS);
    if (source.startsWith('--', index)) throw unsupported('operations on classes');
    if (CLASS_SYNTAX.includes(character)) throw malformed();
    index++;
    return characterSet(character);
  }

  const parsed = alternatives(0);
  if (index < source.length) throw malformed();
  return parsed;
}

function onlyCharacter(set: CharacterSet): number {
  const code = set.indexOf(1);
  if (code === -1 || set.indexOf(1, code + 1) !== -1) {
    throw unsupported('ranges that do not go from one ASCII character to another');
  }
  return code;
}

/**
 * Adds the states of an expression and returns the last of them.
 *
 * @param checkSize - called for every copy that a repetition makes; throws when they become too many
 */
export function addExpression(
  automaton: Automaton,
  from: number,
  expression: Expression,
  checkSize: () => void,
): number {
  const add = (at: number, item: Expression) => addExpression(automaton, at, item, checkSize);
  checkSize();
  switch (expression.kind) {
    case 'set': {
      const end = automaton.state();
      automaton.step(from, expression.set, end);
      return end;
    }
    case 'sequence':
      return expression.items.reduce(add, from);
    case 'alternatives': {
      const end = automaton.state();
      for (const item of expression.items) {
        // A beginning of its own: what loops within one alternative must not lead into the others.
        const start = automaton.state();
        automaton.skip(from, start);
        automaton.skip(add(start, item), end);
      }
      return end;
    }
    case 'repetition': {
      const { item, min, max } = expression;
      let at = from;
      for (let count = 0; count < min; count++) at = add(at, item);
      const end = automaton.state();
      automaton.skip(at, end);
      if (max === undefined) {
        const loop = automaton.state();
        automaton.skip(at, loop);
        const done = add(loop, item);
        automaton.skip(done, loop);
        automaton.skip(done, end);
      }
      for (let count = min; max !== undefined && count < max; count++) {
        at = add(at, item);
        automaton.skip(at, end);
      }
      return end;
    }
  }
}

function malformed(): HubError {
  return new HubError('matcher_invalid', 'The URL pattern has a malformed regular expression');
}

function unsupported(what: string): HubError {
  return new HubError(
    'matcher_unsupported',
    `Regular expressions in URL patterns have no ${what} here, so that they match in linear time`,
  );
}
