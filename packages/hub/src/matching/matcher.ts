import { HubError } from '../diagnostics/errors.ts';
import { hasForbiddenCharacters, MAX_TOPIC_LENGTH } from '../messages/topic.ts';
import { compileUriTemplate, type UriTemplate } from './uri-template.ts';
import { compileUrlPattern, type UrlPattern } from './url-pattern/url-pattern.ts';

/** How a subscriber or a token spelt a matcher: `exact` and `urlpattern` are of 1.0, `selector` is of 0.x. */
export type MatcherType = 'exact' | 'urlpattern' | 'selector';

/** Selects topics: every one, a single one byte for byte, or those that fit a URL pattern or a URI template. */
export type TopicMatcher = { readonly type: MatcherType; readonly pattern: string } & (
  | { readonly kind: 'every' }
  | { readonly kind: 'exact' }
  | { readonly kind: 'urlpattern'; readonly urlPattern: UrlPattern }
  | { readonly kind: 'template'; readonly template: UriTemplate }
);

/** The matcher types of 1.0, by the names they have in parameters, tokens and topics. */
export const MATCHER_TYPES = ['exact', 'urlpattern'] as const satisfies readonly MatcherType[];

/** The value that selects every topic, whatever the type (Mercure 1.0, "Matcher Types"). */
const EVERY = '*';

/**
 * Reads a matcher of 1.0 (Mercure 1.0, "Matcher Types").
 *
 * @param hubUrl - what relative URL patterns and topics are relative to
 * @throws HubError `matcher_invalid` or `matcher_unsupported`
 */
export function createMatcher(
  type: (typeof MATCHER_TYPES)[number],
  pattern: string,
  hubUrl: URL,
): TopicMatcher {
  check(pattern);
  if (pattern === EVERY) return { type, pattern, kind: 'every' };
  if (type === 'exact') return { type, pattern, kind: 'exact' };
  return { type, pattern, kind: 'urlpattern', urlPattern: compileUrlPattern(pattern, hubUrl) };
}

/**
 * Reads a 0.x topic selector: `*`, a URI template, or any other string, which matches itself (Mercure 0.x, "Topic
 * Selectors").
 *
 * @throws HubError `matcher_invalid` or `matcher_unsupported`
 */
export function createSelector(pattern: string): TopicMatcher {
  check(pattern);
  const type = 'selector';
  if (pattern === EVERY) return { type, pattern, kind: 'every' };
  try {
    const template = compileUriTemplate(pattern);
    if (template !== undefined) return { type, pattern, kind: 'template', template };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new HubError('matcher_unsupported', error.message);
  }
  return { type, pattern, kind: 'exact' };
}

function check(pattern: string): void {
  if (pattern === '') throw new HubError('matcher_invalid', 'A topic matcher cannot be empty');
  if (pattern.length > MAX_TOPIC_LENGTH) {
    throw new HubError('matcher_invalid', `A topic matcher has at most ${MAX_TOPIC_LENGTH} characters`);
  }
  if (hasForbiddenCharacters(pattern)) {
    throw new HubError(
      'matcher_invalid',
      'A topic matcher cannot contain control or invisible format characters',
    );
  }
}

export function matches(matcher: TopicMatcher, topic: string): boolean {
  switch (matcher.kind) {
    case 'every':
      return true;
    case 'exact':
      return matcher.pattern === topic;
    case 'urlpattern':
      return matcher.urlPattern.matches(topic);
    case 'template':
      // A selector also matches its own text: that is how one selector is authorized by another.
      return matcher.pattern === topic || matcher.template.matches(topic);
  }
}

/** Several matchers, any of which may match; exact ones are found by lookup however many there are. */
export class MatcherSet {
  readonly #exact = new Set<string>();
  readonly #others: TopicMatcher[] = [];

  constructor(matchers: Iterable<TopicMatcher>) {
    for (const matcher of matchers) {
      if (matcher.kind === 'exact') this.#exact.add(matcher.pattern);
      else this.#others.push(matcher);
    }
  }

  matches(topic: string): boolean {
    return this.#exact.has(topic) || this.#others.some(matcher => matches(matcher, topic));
  }

  matchesAny(topics: readonly string[]): boolean {
    return topics.some(topic => this.matches(topic));
  }

  matchesAll(topics: readonly string[]): boolean {
    return topics.every(topic => this.matches(topic));
  }
}
