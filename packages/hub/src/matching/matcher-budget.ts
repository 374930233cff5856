import { HubError } from '../diagnostics/errors.ts';
import type { TopicMatcher } from './matcher.ts';

/** Most memory of all matchers of one request or one token; a hundred of a usual length take two thirds of it. */
const MAX_MATCHERS_BYTES = 384 * 1024;
/** What one takes beside its automata, as measured. */
const MATCHER_BYTES = 300;

/** Counts the memory of matchers that stay in it together, whose texts are bounded elsewhere. */
export class MatcherBudget {
  #spentBytes = 0;

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
    if (this.#spentBytes <= MAX_MATCHERS_BYTES) return matcher;
    throw new HubError('matcher_unsupported', 'The patterns and templates are too large together');
  }
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
