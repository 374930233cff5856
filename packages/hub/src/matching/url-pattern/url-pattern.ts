import { HubError } from '../../diagnostics/errors.ts';
import { Automaton } from '../automaton.ts';
import type { Recognizer } from '../recognizer.ts';
import { COMPONENTS, type Component, canonicalize, componentsOf } from './canonical.ts';
import { type ComponentPatterns, splitConstructorString } from './constructor-string.ts';
import { type Part, parseParts } from './parts.ts';
import { addExpression, parseRegexp } from './regexp.ts';

/** A URL pattern that matches in linear time, whoever wrote it. */
export interface UrlPattern {
  /** The URL that topics are relative to. */
  readonly base: string;
  /** What the {@link urlText} of every topic begins with that it matches. */
  readonly prefix: string;
  /** Whether the topic, resolved against the base, is a URL that matches. */
  matches(topic: string): boolean;
  /** The automata of those components that need one: what a match costs is bounded by their sizes. */
  readonly recognizers: readonly Recognizer[];
  /** Memory that it takes, about, without its text. */
  readonly bytes: number;
}

/** Most states of the automaton of one component. */
const MAX_STATES = 1_000;
/** Memory that a pattern takes beside its automata, as measured. */
const OBJECTS_BYTES = 1_500;
/** The most telling ones first, for {@link urlText}. */
const INDEX_ORDER: readonly Component[] = [
  'protocol',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
  'username',
  'password',
];
/** No component of a URL has it. */
const SEPARATOR = '\n';
const ALL_ASCII = new Uint8Array(128).fill(1);
/** The schemes with an authority, and the ports that are left out of their URLs. */
const SPECIAL_SCHEMES: Readonly<Record<string, string>> = {
  http: '80',
  https: '443',
  ws: '80',
  wss: '443',
  ftp: '21',
  file: '',
};

type ComponentMatcher =
  | { readonly kind: 'anything' }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'automaton';
      /** What everything begins with that it matches. */
      readonly prefix: string;
      readonly recognizer: Recognizer;
    };

/**
 * Compiles a URL pattern (URL Pattern Standard, review draft of September 2025, without `ignoreCase`) into automata.
 *
 * @param base - the hub's URL, against which relative patterns and topics are resolved
 * @throws HubError `matcher_invalid` when it is malformed; `matcher_unsupported` when it cannot match in linear time or
 *   is too large
 */
export function compileUrlPattern(pattern: string, base: URL): UrlPattern {
  const isSpecial = (protocol: string) => matchesSpecial(compileComponent('protocol', protocol));
  const patterns = inherit(splitConstructorString(pattern, isSpecial), base);
  if (patterns.protocol !== undefined && patterns.port === SPECIAL_SCHEMES[patterns.protocol]) {
    patterns.port = '';
  }
  const special = isSpecial(patterns.protocol ?? '*');
  const matchers = COMPONENTS.map(component => {
    const matcher = compileComponent(component, patterns[component] ?? '*', special);
    return [component, matcher] as const;
  });
  const recognizers = matchers.flatMap(([, matcher]) =>
    matcher.kind === 'automaton' ? [matcher.recognizer] : [],
  );
  return {
    base: base.href,
    prefix: prefixOf(new Map(matchers)),
    matches: topic => {
      const components = resolve(topic, base.href);
      return (
        components !== undefined &&
        matchers.every(([component, matcher]) => matchesComponent(matcher, components[component]))
      );
    },
    recognizers,
    bytes: recognizers.reduce((sum, { bytes }) => sum + bytes, OBJECTS_BYTES),
  };
}

/** The topic as a URL, as text that sorts by what patterns fix most often; undefined when it is no URL. */
export function urlText(topic: string, base: string): string | undefined {
  const components = resolve(topic, base);
  return components && INDEX_ORDER.map(component => components[component]).join(SEPARATOR);
}

function prefixOf(matchers: ReadonlyMap<Component, ComponentMatcher>): string {
  let prefix = '';
  for (const component of INDEX_ORDER) {
    const matcher = matchers.get(component);
    if (matcher?.kind !== 'text') return matcher?.kind === 'automaton' ? prefix + matcher.prefix : prefix;
    prefix += matcher.text + (component === INDEX_ORDER.at(-1) ? '' : SEPARATOR);
  }
  return prefix;
}

/** One update's topic meets many patterns in a row: the last answer is kept. */
let lastResolved:
  | { topic: string; base: string; components: ReturnType<typeof componentsOf> | undefined }
  | undefined;

function resolve(topic: string, base: string): ReturnType<typeof componentsOf> | undefined {
  if (lastResolved?.topic !== topic || lastResolved.base !== base) {
    const url = URL.parse(topic, base);
    lastResolved = { topic, base, components: url === null ? undefined : componentsOf(url) };
  }
  return lastResolved.components;
}

/**
 * A pattern without a protocol is relative: it takes from the base what it leaves out before its first component. What
 * any pattern leaves out after that is anything (URL Pattern Standard, "process a URLPatternInit").
 */
function inherit(patterns: ComponentPatterns, base: URL): ComponentPatterns {
  if (patterns.protocol !== undefined) return patterns;
  const fromBase = componentsOf(base);
  const inherited: Component[] = ['protocol', 'hostname', 'port', 'pathname', 'search', 'hash'];
  const result = { ...patterns };
  for (const component of inherited) {
    if (patterns[component] !== undefined) break;
    result[component] = escapePattern(fromBase[component]);
  }
  const { pathname } = patterns;
  if (pathname !== undefined && !/^(?:\/|\\\/|\{\/)/.test(pathname)) {
    const folder = fromBase.pathname.slice(0, fromBase.pathname.lastIndexOf('/') + 1);
    result.pathname = escapePattern(folder) + pathname;
  }
  return result;
}

function escapePattern(text: string): string {
  return text.replace(/[+*?:{}()\\]/g, '\\$&');
}

function compileComponent(component: Component, pattern: string, special = true): ComponentMatcher {
  const isPath = component === 'pathname' && special;
  const delimiter = isPath ? '/' : component === 'hostname' ? '.' : '';
  const parts = parseParts(pattern, isPath ? '/' : '', text =>
    text === '' ? '' : canonicalize[form(component, pattern, special)](text),
  );
  const [only] = parts;
  if (only === undefined) return { kind: 'text', text: '' };
  if (parts.length === 1 && only.modifier === '') {
    if (only.matches === 'nothing') return { kind: 'text', text: only.prefix };
    if (only.matches === 'anything' && only.prefix + only.suffix === '') return { kind: 'anything' };
  }
  const segment = ALL_ASCII.with(delimiter.charCodeAt(0) || 0, delimiter === '' ? 1 : 0);
  const automaton = new Automaton();
  const end = parts.reduce((at, part) => addPart(automaton, at, part, segment), automaton.start);
  return { kind: 'automaton', prefix: fixedBeginning(parts), recognizer: automaton.finish(end) };
}

function fixedBeginning(parts: readonly Part[]): string {
  let text = '';
  for (const { prefix, matches, modifier } of parts) {
    // What may be absent fixes nothing.
    if (modifier === '?' || modifier === '*') break;
    text += prefix;
    if (matches !== 'nothing' || modifier === '+') break;
  }
  return text;
}

function form(component: Component, pattern: string, special: boolean): keyof typeof canonicalize {
  if (component === 'pathname' && !special) return 'opaquePathname';
  if (component === 'hostname' && /^(?:\[.|\{\[|\\\[)/u.test(pattern)) return 'ipv6Hostname';
  return component;
}

function matchesComponent(matcher: ComponentMatcher, text: string): boolean {
  switch (matcher.kind) {
    case 'anything':
      return true;
    case 'text':
      return matcher.text === text;
    case 'automaton':
      return matcher.recognizer.matches(text);
  }
}

function matchesSpecial(protocol: ComponentMatcher): boolean {
  return Object.keys(SPECIAL_SCHEMES).some(scheme => matchesComponent(protocol, scheme));
}

/** Adds a part after the state `from` and returns the state after it. */
function addPart(automaton: Automaton, from: number, part: Part, segment: Uint8Array): number {
  const { prefix, suffix, matches, modifier } = part;
  const checkSize = () => {
    if (automaton.states > MAX_STATES) {
      throw new HubError('matcher_unsupported', 'The URL pattern is too long or repeats too much');
    }
  };
  const before = automaton.state();
  automaton.skip(automaton.literal(from, prefix), before);
  const after = addMatched(automaton, before, matches, segment, checkSize);
  const end = automaton.state();
  automaton.skip(automaton.literal(after, suffix), end);
  if (modifier === '*' || modifier === '+') {
    automaton.skip(automaton.literal(after, suffix + prefix), before);
  }
  if (modifier === '*' || modifier === '?') automaton.skip(from, end);
  checkSize();
  return end;
}

function addMatched(
  automaton: Automaton,
  from: number,
  matches: Part['matches'],
  segment: Uint8Array,
  checkSize: () => void,
): number {
  if (matches === 'nothing') return from;
  if (typeof matches === 'object') {
    return addExpression(automaton, from, parseRegexp(matches.regexp), checkSize);
  }
  const loop = automaton.state();
  const set = matches === 'anything' ? ALL_ASCII : segment;
  if (matches === 'anything') automaton.skip(from, loop);
  else automaton.step(from, set, loop);
  automaton.step(loop, set, loop);
  return loop;
}
