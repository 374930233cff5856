import type { JWTPayload } from 'jose';
import { HubError } from '../diagnostics/errors.ts';
import {
  createMatcher,
  createSelector,
  MATCHER_TYPES,
  MatcherSet,
  matches,
  type TopicMatcher,
} from '../matching/matcher.ts';
import { MatcherBudget } from '../matching/matcher-budget.ts';
import type { Generation } from '../messages/generation.ts';

/** The type of the authorization details that are meant for hubs (Mercure 1.0, "Authorization Details"). */
export const DETAIL_TYPE = 'https://mercure.rocks/authorization-detail';
/** Most matchers in one token; what an HTTP header can carry is of the same order. */
const MAX_TOKEN_MATCHERS = 1_000;
/** Most details that are meant for hubs in one token. */
const MAX_TOKEN_DETAILS = 100;

/** What a token allows its bearer. Everything in it has been verified. */
export interface Grant {
  readonly publish: MatcherSet;
  readonly subscribe: MatcherSet;
  /** When streams opened with the token must end, in milliseconds since the epoch. */
  readonly expiresAtMs: number | undefined;
  /** The generation of the token. */
  readonly generation: Generation;
  /** Memory that its matchers take, about, without their texts. */
  readonly bytes: number;
  /** What the token attaches to a subscription through this matcher; undefined when nothing. */
  payloadFor(matcher: TopicMatcher): unknown;
}

/**
 * Reads the `mercure` claim, or its namespaced form (Mercure 0.x, "Authorization"). A token without it is valid and
 * grants nothing.
 *
 * @throws HubError `token_invalid`
 */
export function grantOfMercureClaim(claims: JWTPayload): Grant {
  const claim = claims.mercure ?? claims['https://mercure.rocks/'];
  if (claim === undefined && claims.authorization_details !== undefined) {
    throw invalid('A token with authorization_details needs the header typ "at+jwt"');
  }
  const { publish, subscribe, payload } = claim === undefined ? {} : object(claim, 'The mercure claim');
  const budget = new MatcherBudget();
  return {
    generation: '0.x',
    publish: new MatcherSet(selectors(publish, 'mercure.publish', budget)),
    subscribe: new MatcherSet(selectors(subscribe, 'mercure.subscribe', budget)),
    bytes: budget.spentBytes,
    expiresAtMs: expiry(claims),
    payloadFor: () => payload,
  };
}

function selectors(value: unknown, name: string, budget: MatcherBudget): TopicMatcher[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(`${name} is not an array`);
  checkCount(value.length);
  return value.map(selector => {
    if (typeof selector !== 'string') throw invalid(`${name} holds something else than strings`);
    return read(() => budget.spend(createSelector(selector)));
  });
}

/**
 * Reads `authorization_details` (Mercure 1.0, "Authorization Details"): one detail that cannot be understood makes the
 * whole token invalid, since acting on the rest would change what its issuer meant.
 *
 * @param hubUrl - what relative URL patterns and topics are relative to
 * @throws HubError `token_invalid`
 */
export function grantOfAuthorizationDetails(claims: JWTPayload, hubUrl: URL): Grant {
  const details = claims.authorization_details ?? [];
  if (!Array.isArray(details)) throw invalid('authorization_details is not an array');
  const mercureDetails = details.filter(isMercureDetail);
  if (mercureDetails.length > MAX_TOKEN_DETAILS) {
    throw invalid(`The token has more than ${MAX_TOKEN_DETAILS} Mercure authorization details`);
  }
  const checked = mercureDetails.map(checkDetail);
  // Counted before any of them is compiled.
  checkCount(checked.reduce((sum, { topics }) => sum + topics.length, 0));
  const budget = new MatcherBudget();
  const granted = checked.map(detail => ({
    ...detail,
    topics: detail.topics.map(topic => readTopic(topic, hubUrl, budget)),
  }));

  const withAction = (action: string) => granted.filter(detail => detail.actions.includes(action));
  const topicsFor = (action: string) => new MatcherSet(withAction(action).flatMap(detail => detail.topics));
  const subscriptions = withAction('subscribe');
  return {
    generation: '1.0',
    publish: topicsFor('publish'),
    subscribe: topicsFor('subscribe'),
    bytes: budget.spentBytes,
    expiresAtMs: expiry(claims),
    // "Payloads": the first detail that matches, the subscription's own matcher taken as if it were a topic.
    payloadFor: ({ pattern }) =>
      subscriptions.find(({ topics }) => topics.some(topic => matches(topic, pattern)))?.payload,
  };
}

/** Details of other types are other resource servers' business (RFC 9396 section 2). */
function isMercureDetail(detail: unknown): boolean {
  const { type } = object(detail, 'An entry of authorization_details');
  if (typeof type !== 'string') throw invalid('An entry of authorization_details has no type');
  return type === DETAIL_TYPE;
}

function checkDetail(detail: Record<string, unknown>) {
  const { actions, topics, payload } = detail;
  if (
    !Array.isArray(actions) ||
    actions.length === 0 ||
    !actions.every(action => typeof action === 'string')
  ) {
    throw invalid("A Mercure authorization detail's actions are not a non-empty array of strings");
  }
  if (!Array.isArray(topics) || topics.length === 0) {
    throw invalid("A Mercure authorization detail's topics are not a non-empty array");
  }
  if (payload !== undefined) object(payload, "A Mercure authorization detail's payload");
  return { actions: actions as string[], topics: topics as unknown[], payload };
}

function readTopic(topic: unknown, hubUrl: URL, budget: MatcherBudget): TopicMatcher {
  const { match, match_type: type = 'exact' } = object(topic, 'An entry of topics');
  if (typeof match !== 'string') throw invalid('An entry of topics has no match');
  const known = MATCHER_TYPES.find(name => name === type);
  // "Topic Matcher List": skipping a type the hub does not know would silently change the grant.
  if (known === undefined) throw invalid(`A match_type is none of ${MATCHER_TYPES.join(', ')}`);
  return read(() => budget.spend(createMatcher(known, match, hubUrl)));
}

function expiry({ exp }: JWTPayload): number | undefined {
  return exp === undefined ? undefined : exp * 1000;
}

function checkCount(matchers: number): void {
  if (matchers > MAX_TOKEN_MATCHERS) throw invalid(`The token has more than ${MAX_TOKEN_MATCHERS} topics`);
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(`${name} is not an object`);
  }
  return value as Record<string, unknown>;
}

/** A bad matcher inside a token is the token's defect, not the request's. */
function read(matcher: () => TopicMatcher): TopicMatcher {
  try {
    return matcher();
  } catch (error) {
    if (error instanceof HubError)
      throw invalid(`The token holds a topic that cannot be used: ${error.message}`);
    throw error;
  }
}

function invalid(message: string): HubError {
  return new HubError('token_invalid', message);
}
