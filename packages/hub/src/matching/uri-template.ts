import { Automaton } from './automaton.ts';
import { ASCII_SIZE, type CharacterSet, characterSet } from './character-set.ts';

/**
 * Matching strings against URI templates (RFC 6570): could this string be an expansion of that template?
 *
 * A template becomes a small automaton whose possible states are followed together, one character at a time. The time
 * is bounded by text length × template branches whatever the two say, which a backtracking regular expression cannot
 * promise for templates that come from strangers. Libraries for RFC 6570 expand templates or, where they match, compile
 * them to such expressions; a test expands with one of them and matches here.
 */
export interface UriTemplate {
  /** What everything begins with that it matches, and its own text. */
  readonly prefix: string;
  matches(text: string): boolean;
  /** Memory that it takes, about, without its text. */
  readonly bytes: number;
}

/** Most variables (a `:n` prefix counts n) in one template; bounds the states that are followed at once. */
export const MAX_TEMPLATE_VARIABLES = 32;

const ALPHANUMERIC = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const UNRESERVED = `${ALPHANUMERIC}-._~`;
const RESERVED = ":/?#[]@!$&'()*+,;=";
const HEX_DIGITS = characterSet('0123456789ABCDEFabcdef');
/** The first digit of the bytes that continue a character in UTF-8. */
const CONTINUATION_DIGITS = characterSet('89ABab');

/** How an operator expands (RFC 6570, appendix A). */
interface Operator {
  readonly first: string;
  readonly separator: string;
  /** Whether values come as `name=value`; `bare` drops the `=` of an empty value. */
  readonly named: false | 'always' | 'bare';
  /** The characters that values have as they are; others are percent-encoded. */
  readonly allowed: string;
}

const SIMPLE: Operator = { first: '', separator: ',', named: false, allowed: UNRESERVED };
const OPERATORS: Readonly<Record<string, Operator>> = {
  '+': { first: '', separator: ',', named: false, allowed: UNRESERVED + RESERVED },
  '#': { first: '#', separator: ',', named: false, allowed: UNRESERVED + RESERVED },
  '.': { first: '.', separator: '.', named: false, allowed: UNRESERVED },
  '/': { first: '/', separator: '/', named: false, allowed: UNRESERVED },
  ';': { first: ';', separator: ';', named: 'bare', allowed: UNRESERVED },
  '?': { first: '?', separator: '&', named: 'always', allowed: UNRESERVED },
  '&': { first: '&', separator: '&', named: 'always', allowed: UNRESERVED },
};

interface Variable {
  readonly name: string;
  readonly explode: boolean;
  /** The `:n` modifier: at most n characters of the value. */
  readonly maxLength: number | undefined;
}

/**
 * Compiles a template.
 *
 * @returns undefined when `text` is no URI template: malformed, or without any expression
 * @throws RangeError when it has more than {@link MAX_TEMPLATE_VARIABLES} variables
 */
export function compileUriTemplate(text: string): UriTemplate | undefined {
  const parts = parse(text);
  if (parts === undefined || !parts.some(part => typeof part !== 'string')) return undefined;

  const variables = parts.flatMap(part => (typeof part === 'string' ? [] : part.variables));
  const branches = variables.reduce((sum, variable) => sum + (variable.maxLength ?? 1), 0);
  if (branches > MAX_TEMPLATE_VARIABLES) {
    throw new RangeError(`The URI template has more than ${MAX_TEMPLATE_VARIABLES} variables`);
  }

  // Most candidates already differ in the literal beginning, which needs no automaton.
  const prefix = typeof parts[0] === 'string' ? parts[0] : '';
  const automaton = new Automaton();
  let at = automaton.start;
  for (const part of prefix === '' ? parts : parts.slice(1)) {
    at = typeof part === 'string' ? automaton.literal(at, part) : expression(automaton, at, part);
  }
  const recognizer = automaton.finish(at);
  return {
    prefix,
    matches: candidate => candidate.startsWith(prefix) && recognizer.matches(candidate, prefix.length),
    bytes: recognizer.bytes,
  };
}

interface Expression {
  readonly operator: Operator;
  readonly variables: readonly Variable[];
}

/** Literals and expressions in turn; undefined when the braces or what is in them break the grammar. */
function parse(text: string): (string | Expression)[] | undefined {
  const parts: (string | Expression)[] = [];
  let position = 0;
  while (position < text.length) {
    const open = text.indexOf('{', position);
    const literal = text.slice(position, open === -1 ? text.length : open);
    if (!isText(literal, isLiteral)) return undefined;
    if (literal !== '') parts.push(literal);
    if (open === -1) break;

    const close = text.indexOf('}', open);
    if (close === -1) return undefined;
    const expression = parseExpression(text.slice(open + 1, close));
    if (expression === undefined) return undefined;
    parts.push(expression);
    position = close + 1;
  }
  return parts;
}

function parseExpression(text: string): Expression | undefined {
  const operator = OPERATORS[text.charAt(0)];
  const list = operator === undefined ? text : text.slice(1);
  const variables: Variable[] = [];
  for (const specification of list.split(',')) {
    const variable = parseVariable(specification);
    if (variable === undefined) return undefined;
    variables.push(variable);
  }
  return { operator: operator ?? SIMPLE, variables };
}

function parseVariable(text: string): Variable | undefined {
  const explode = text.endsWith('*');
  const [name = '', prefix, ...rest] = (explode ? text.slice(0, -1) : text).split(':');
  if (rest.length > 0 || !isVariableName(name)) return undefined;
  if (prefix === undefined) return { name, explode, maxLength: undefined };

  const maxLength = Number(prefix);
  const wellFormed =
    prefix.length <= 4 && isAll(prefix, '0123456789') && !prefix.startsWith('0') && prefix !== '';
  return wellFormed && !explode ? { name, explode, maxLength } : undefined;
}

/** RFC 6570 section 2.3. */
function isVariableName(name: string): boolean {
  const isNameCharacter = (character: string) => `${ALPHANUMERIC}_`.includes(character);
  return name.split('.').every(segment => segment !== '' && isText(segment, isNameCharacter));
}

/** Whether all of the text is allowed, or percent-encoded. */
function isText(text: string, isAllowed: (character: string) => boolean): boolean {
  let position = 0;
  while (position < text.length) {
    const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
    if (character === '%') {
      const isEncoded = [1, 2].every(offset => HEX_DIGITS[text.charCodeAt(position + offset)] === 1);
      if (!isEncoded) return false;
      position += 3;
    } else {
      if (!isAllowed(character)) return false;
      position += character.length;
    }
  }
  return true;
}

/** Literals as RFC 6570 section 2.1 has them, after its erratum 6937, which lets the apostrophe in. */
function isLiteral(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (code < ASCII_SIZE) return (UNRESERVED + RESERVED).includes(character);
  // Of the others, those that RFC 3987 calls ucschar and iprivate.
  const isNoncharacter = (code & 0xfffe) === 0xfffe || (code >= 0xfdd0 && code <= 0xfdef);
  const isSpecial = (code >= 0xfff0 && code <= 0xffff) || (code >= 0xe0000 && code <= 0xe0fff);
  return code >= 0xa0 && !(code >= 0xd800 && code <= 0xdfff) && !isNoncharacter && !isSpecial;
}

function isAll(text: string, characters: string): boolean {
  for (const character of text) if (!characters.includes(character)) return false;
  return true;
}

/**
 * Adds one expression after the state `from`: any of its variables may be undefined and then leave no trace; the
 * operator's `first` comes before the first value that is there, its separator before every other.
 */
function expression(automaton: Automaton, from: number, { operator, variables }: Expression): number {
  let nothingYet = from;
  let afterValue = automaton.state();
  for (const variable of variables) {
    const value = automaton.state();
    automaton.skip(automaton.literal(nothingYet, operator.first), value);
    automaton.skip(automaton.literal(afterValue, operator.separator), value);

    const done = item(automaton, value, operator, variable);
    if (variable.explode) automaton.skip(automaton.literal(done, operator.separator), value);

    const [stillNothing, someValue] = [automaton.state(), automaton.state()];
    automaton.skip(nothingYet, stillNothing);
    automaton.skip(afterValue, someValue);
    automaton.skip(done, someValue);
    nothingYet = stillNothing;
    afterValue = someValue;
  }
  const end = automaton.state();
  automaton.skip(nothingYet, end);
  automaton.skip(afterValue, end);
  return end;
}

/** Adds what one variable expands to, without separators, and returns the state after it. */
function item(automaton: Automaton, from: number, operator: Operator, variable: Variable): number {
  const { named, allowed } = operator;
  // An exploded value may be an associative array, whose keys stand in place of the variable's name, if it has one.
  const name = variable.explode
    ? characters(automaton, from, allowed, undefined)
    : automaton.literal(from, named === false ? '' : variable.name);
  if (named === false && !variable.explode) return characters(automaton, name, allowed, variable.maxLength);

  const value = characters(automaton, automaton.literal(name, '='), allowed, variable.maxLength);
  // Without a name, what has been read as a key may be an item of a list.
  if (named !== 'always') automaton.skip(name, value);
  return value;
}

/**
 * Adds any number of characters (at most `maxLength` characters of the value when given), percent-encoded or of the
 * allowed classes.
 */
function characters(
  automaton: Automaton,
  from: number,
  allowed: string,
  maxLength: number | undefined,
): number {
  if (maxLength === undefined) {
    // The comma joins the items of a list.
    const loop = automaton.state();
    automaton.skip(from, loop);
    character(automaton, loop, characterSet(`${allowed},`), loop);
    return loop;
  }
  const set = characterSet(allowed);
  const end = automaton.state();
  let at = from;
  for (let count = 0; count < maxLength; count++) {
    const next = automaton.state();
    automaton.skip(at, end);
    character(automaton, at, set, next);
    encodedCharacter(automaton, at, next);
    at = next;
  }
  automaton.skip(at, end);
  return end;
}

function character(automaton: Automaton, from: number, allowed: CharacterSet, to: number): void {
  automaton.step(from, allowed, to);
  encodedByte(automaton, from, HEX_DIGITS, to);
}

/** Adds one character beyond ASCII, all of its two to four bytes percent-encoded (RFC 3629 section 4). */
function encodedCharacter(automaton: Automaton, from: number, to: number): void {
  let rest = to;
  for (const leads of ['cCdD', 'eE', 'fF']) {
    const before = automaton.state();
    encodedByte(automaton, before, CONTINUATION_DIGITS, rest);
    encodedByte(automaton, from, characterSet(leads), before);
    rest = before;
  }
}

/** Adds `%` and two digits, of which the first is one of `high`. */
function encodedByte(automaton: Automaton, from: number, high: CharacterSet, to: number): void {
  const [percent, first] = [automaton.state(), automaton.state()];
  automaton.step(from, '%', percent);
  automaton.step(percent, high, first);
  automaton.step(first, HEX_DIGITS, to);
}
