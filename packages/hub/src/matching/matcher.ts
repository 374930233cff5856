import { HubError } from '../diagnostics/errors.ts';
import { hasForbiddenCharacters, MAX_TOPIC_LENGTH } from '../messages/topic.ts';
import { compileUriTemplate, type UriTemplate } from './uri-template.ts';

/** Selects topics: every one, a single one byte for byte, or those that a URI template can expand to. */
export type TopicMatcher =
  | { readonly kind: 'every'; readonly pattern: '*' }
  | { readonly kind: 'exact'; readonly pattern: string }
  | { readonly kind: 'template'; readonly pattern: string; readonly template: UriTemplate };

/**
 * Reads a matcher of the 1.0 type `exact` (Mercure 1.0, "Exact Matching").
 *
 * @throws HubError `matcher_invalid`
 */
export function exactMatcher(pattern: string): TopicMatcher {
  check(pattern);
  return pattern === '*' ? { kind: 'every', pattern } : { kind: 'exact', pattern };
}

/**
 * Reads a 0.x topic selector: `*`, a URI template, or any other string, which matches itself (Mercure 0.x, "Topic
 * Selectors").
 *
 * @throws HubError `matcher_invalid`
 */
export function selectorMatcher(pattern: string): TopicMatcher {
  const matcher = exactMatcher(pattern);
  if (matcher.kind === 'every') return matcher;
  try {
    const template = compileUriTemplate(pattern);
    return template === undefined ? matcher : { kind: 'template', pattern, template };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new HubError('matcher_invalid', error.message);
  }
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
