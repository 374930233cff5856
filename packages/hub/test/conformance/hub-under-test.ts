import { mintAccessToken, mintClaimToken } from '@cahier/testing';
import type { Generation } from '../../src/messages/generation.ts';

/** What the suite needs to know of the hub it is aimed at; everything goes over HTTP. */
export interface HubUnderTest {
  /** The hub's origin and path prefix, without `/.well-known/mercure`. */
  readonly url: string;
  /** Tokens for publishing on, and subscribing to, topics byte for byte, or all with `*`. */
  mintPublisherToken(topics: readonly string[]): Promise<string>;
  mintSubscriberToken(topics: readonly string[], lifetimeS?: number): Promise<string>;
  /** The hub lets subscribers without a token in. */
  readonly anonymous: boolean;
  /** The hub announces and lists its active subscriptions. */
  readonly subscriptions: boolean;
}

export interface HubSetUp {
  readonly url: string;
  /** The secret of publishers' and subscribers' tokens. */
  readonly secret: string;
  /** The issuer of 1.0 tokens. Default: the hub's origin. */
  readonly issuer?: string;
  readonly anonymous: boolean;
  readonly subscriptions: boolean;
}

/** A hub that trusts one secret (HS256), to be asked with tokens of one generation. */
export function hubUnderTest(
  { url, secret, issuer = new URL(url).origin, anonymous, subscriptions }: HubSetUp,
  generation: Generation,
): HubUnderTest {
  const ofStandard = { secret, issuer, audience: `${url}/.well-known/mercure` };
  const expiring = (lifetimeS: number | undefined) =>
    lifetimeS === undefined ? {} : { claims: { exp: Math.floor(Date.now() / 1_000) + lifetimeS } };
  return {
    url,
    anonymous,
    subscriptions,
    mintPublisherToken: publish =>
      generation === '1.0'
        ? mintAccessToken({ ...ofStandard, publish })
        : mintClaimToken({ secret, publish }),
    mintSubscriberToken: (subscribe, lifetimeS) =>
      generation === '1.0'
        ? mintAccessToken({ ...ofStandard, subscribe, ...expiring(lifetimeS) })
        : mintClaimToken({ secret, subscribe, ...expiring(lifetimeS) }),
  };
}
