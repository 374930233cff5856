import type { IncomingMessage } from 'node:http';
import { HubError } from '../diagnostics/errors.ts';
import { createMatcher, createSelector, MATCHER_TYPES, type TopicMatcher } from '../matching/matcher.ts';
import { MatcherBudget } from '../matching/matcher-budget.ts';
import { type Form, parseQuery, readForm } from '../messages/form.ts';
import type { Generation } from '../messages/generation.ts';

/** Room for cursors and whatever else a query's body carries beside its matchers. */
const OTHER_FIELDS_BYTES = 16 * 1024;
/** A matcher of the greatest length, each of its characters percent-encoded from three bytes, and its name. */
const MATCHER_BYTES = 20 * 1024;

export interface SubscriptionQueryOptions {
  readonly generations: readonly Generation[];
  readonly maxMatchersPerRequest: number;
  readonly hubUrl: () => URL;
}

/** What a subscriber asks for. */
export interface SubscriptionQuery {
  readonly matchers: readonly TopicMatcher[];
  /** The id after which it wants to go on; undefined when it wants no history. */
  readonly lastEventId: string | undefined;
}

/**
 * Reads the matchers and the cursor of a subscription from the URL and, with the method `QUERY`, from the body as well
 * (Mercure 1.0, "Subscription").
 *
 * @throws HubError `matcher_missing`, `matcher_invalid`, `matcher_unsupported`, `too_many_matchers`, and for a body what
 *   {@link readForm} throws
 */
export async function readSubscriptionQuery(
  request: IncomingMessage,
  options: SubscriptionQueryOptions,
): Promise<SubscriptionQuery> {
  const forms = [parseQuery(request)];
  if (request.method === 'QUERY') {
    const maxBytes = options.maxMatchersPerRequest * MATCHER_BYTES + OTHER_FIELDS_BYTES;
    forms.push(await readForm(request, maxBytes, 'query_too_large'));
  }
  return {
    matchers: readMatchers(forms, options),
    lastEventId: requestedEventId(request, forms, options.generations),
  };
}

/** Matchers of all kinds in any number and mixture; repeated ones count once. */
function readMatchers(
  forms: readonly Form[],
  { generations, maxMatchersPerRequest, hubUrl }: SubscriptionQueryOptions,
): TopicMatcher[] {
  const matchers = new Map<string, TopicMatcher>();
  const budget = new MatcherBudget();
  let count = 0;
  for (const [name, value] of forms.flatMap(form => [...form])) {
    const read = matcherReader(name, generations, hubUrl);
    if (read === undefined) continue;
    if (++count > maxMatchersPerRequest) {
      throw new HubError(
        'too_many_matchers',
        `A request has at most ${maxMatchersPerRequest} topic matchers`,
      );
    }
    const matcher = budget.spend(read(value));
    matchers.set(`${matcher.type} ${matcher.pattern}`, matcher);
  }
  if (matchers.size === 0) {
    const names = generations.flatMap(generation => NAMES[generation]);
    throw new HubError('matcher_missing', `Name the topics with parameters ${names.join(', ')}`);
  }
  return [...matchers.values()];
}

const NAMES: Readonly<Record<Generation, readonly string[]>> = {
  '0.x': ['topic'],
  '1.0': ['match', ...MATCHER_TYPES.map(type => `match_${type}`)],
};

/** How to read the parameter's value; undefined when the parameter is no matcher. */
function matcherReader(
  name: string,
  generations: readonly Generation[],
  hubUrl: () => URL,
): ((value: string) => TopicMatcher) | undefined {
  const generation = name === 'topic' ? '0.x' : isReserved(name) ? '1.0' : undefined;
  if (generation === undefined) return undefined;
  if (!generations.includes(generation)) {
    // Ignoring it would give the subscriber a stream without what it asked for.
    throw new HubError(
      'matcher_invalid',
      `This hub does not speak Mercure ${generation}, which has "${name}"`,
    );
  }
  if (generation === '0.x') return createSelector;
  if (name === 'match') return value => createMatcher('exact', value, hubUrl());
  const type = MATCHER_TYPES.find(known => name === `match_${known}`);
  if (type !== undefined) return value => createMatcher(type, value, hubUrl());
  throw new HubError(
    'matcher_invalid',
    `Parameters that begin with "match" are reserved; there are ${NAMES['1.0'].join(', ')}`,
  );
}

/** Mercure 1.0, "Subscription": the namespace is reserved so that a misspelt type fails instead of matching nothing. */
function isReserved(name: string): boolean {
  return name.slice(0, 5).toLowerCase() === 'match';
}

/** The header wins; then the query parameter of 1.0, in the URL before the body; then those of 0.x. */
function requestedEventId(
  request: IncomingMessage,
  forms: readonly Form[],
  generations: readonly Generation[],
): string | undefined {
  const header = request.headers['last-event-id'];
  if (typeof header === 'string' && header !== '') return Buffer.from(header, 'latin1').toString();
  const names = ['last_event_id', ...(generations.includes('0.x') ? ['lastEventID', 'Last-Event-ID'] : [])];
  for (const name of names) {
    for (const form of forms) {
      const id = form.get(name);
      if (id !== undefined) return id;
    }
  }
  return undefined;
}
