import type { TopicMatcher } from '../matching/matcher.ts';
import { createId } from '../messages/opaque-id.ts';
import { RESERVED_TYPE, type Update } from '../messages/update.ts';

/** One matcher of one open stream, which others may follow (Mercure, "Active Subscriptions"). Can be written as JSON. */
export interface Subscription {
  readonly matcher: Pick<TopicMatcher, 'type' | 'pattern'>;
  /** Unique to the stream; nothing that a client sends has an influence on it. */
  readonly subscriber: string;
  /** What the stream's token attaches to this subscription. */
  readonly payload: unknown;
}

/** A subscription is announced in the shape of the generation that it was asked for in. */
export const isOfStandard = ({ matcher }: Subscription): boolean => matcher.type !== 'selector';

/** The identifier of JSON-LD documents of 0.x. */
export const JSON_LD_CONTEXT = 'https://mercure.rocks/';

/**
 * The topic of a subscription's events and the path of its resource.
 *
 * @param hubPath - the path of the hub's public URL
 */
function subscriptionPath(subscription: Subscription, hubPath: string): string {
  const { matcher, subscriber } = subscription;
  const type = isOfStandard(subscription) ? [matcher.type] : [];
  return [`${hubPath}/subscriptions`, ...[...type, matcher.pattern, subscriber].map(encode)].join('/');
}

/** As RFC 6570 expands a variable: whatever is not unreserved is percent-encoded, once. */
function encode(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The document about a subscription (Mercure 1.0 and 0.x, "Subscription Events"), for 0.x without `@context`. */
export function describeSubscription(
  subscription: Subscription,
  hubPath: string,
  active: boolean,
): { readonly id: string } & Record<string, unknown> {
  const { matcher, subscriber, payload } = subscription;
  const shape = isOfStandard(subscription)
    ? { type: 'subscription', match_type: matcher.type, match: matcher.pattern }
    : { type: 'Subscription', topic: matcher.pattern };
  const id = subscriptionPath(subscription, hubPath);
  return { id, ...shape, subscriber, active, ...(payload !== undefined && { payload }) };
}

/**
 * The event that says that a subscription has begun or ended. Made here and not from a draft: its topic and, for 1.0, its
 * type are those that no publisher may use.
 */
export function subscriptionUpdate(subscription: Subscription, hubPath: string, active: boolean): Update {
  const document = describeSubscription(subscription, hubPath, active);
  const ofStandard = isOfStandard(subscription);
  return Object.freeze({
    id: createId(),
    topics: Object.freeze([subscriptionPath(subscription, hubPath)]),
    data: JSON.stringify(ofStandard ? document : { '@context': JSON_LD_CONTEXT, ...document }),
    private: true,
    ephemeral: false,
    ...(ofStandard && { type: RESERVED_TYPE }),
  });
}
