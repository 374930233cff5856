import { HubError } from '../diagnostics/errors.ts';
import type { TopicMatcher } from './matcher.ts';

/** Most memory of all matchers of one request or one token; a hundred of a usual length take two thirds of it. */
const MAX_MATCHERS_BYTES = 384 * 1024;
/** Longest text of all patterns and templates of one request or one token: what compiling them costs grows with it. */
const MAX_COMPILED_UNITS = 20_000;
/** What one takes beside its automata, as measured. */
const MATCHER_BYTES = 300;

/** Counts the memory that matchers take together, and the text of those that are compiled. */
export class MatcherBudget {
  #spentBytes = 0;
  #compiledUnits = 0;

  get spentBytes(): number {
    return this.#spentBytes;
  }

  /**
   * Counts one more; no more than it has been made beyond the bound.
   *
   * @throws HubError `matcher_unsupported`
   */
  spend(matcher: TopicMatcher): TopicMatcher {
    this.#spentBytes += MATCHER_BYTES + automataBytes(matcher);
    if (isCompiled(matcher)) this.#compiledUnits += matcher.pattern.length;
    if (this.#spentBytes <= MAX_MATCHERS_BYTES && this.#compiledUnits <= MAX_COMPILED_UNITS) return matcher;
    throw new HubError('matcher_unsupported', 'The patterns and templates are too large together');
  }
}

function isCompiled({ kind }: TopicMatcher): boolean {
  return kind === 'urlpattern' || kind === 'template';
}

function automataBytes(matcher: TopicMatcher): number {
  switch (matcher.kind) {
    case 'every':
    case 'exact':
      return 0;
    case 'urlpattern':
      return matcher.urlPattern.bytes;
    case 'template':
      return matcher.template.bytes;
  }
}
