import { randomUUID } from 'node:crypto';
import type { Subscription } from '@cahier/protocol';
import { type JWTPayload, SignJWT } from 'jose';
import { z } from 'zod';
import type { Publisher } from './publisher.ts';

/** How long a subscriber token opens streams. Short: it is the last resort where a hub cannot end streams. */
export const SUBSCRIBER_TOKEN_LIFETIME_S = 600;
/** How long a publisher token is good for, whose only update is sent at once: room for clocks that differ. */
const PUBLISHER_TOKEN_LIFETIME_S = 120;

const payloadSchema = z.object({ connection: z.uuid(), userId: z.uuid() });

/** What a token tells the hub about its bearer; comes back when the stream opens and ends. */
export type StreamPayload = z.infer<typeof payloadSchema>;

/** Reads a subscription's payload; undefined when the token behind it was not one of ours. */
export function streamPayload(value: unknown): StreamPayload | undefined {
  return payloadSchema.safeParse(value).data;
}

/** Hands out tokens to those who listen. */
export class SubscriberTokens {
  readonly #sign: Signer;
  readonly #hubUrl: string;
  readonly #publisher: Publisher;

  /** @param hubUrl - where browsers find the hub; may be relative to the application */
  constructor(secret: string, hubUrl: string, publisher: Publisher) {
    this.#sign = signer(secret, SUBSCRIBER_TOKEN_LIFETIME_S);
    this.#hubUrl = hubUrl;
    this.#publisher = publisher;
  }

  /** A token for the topics of these documents as they are at their access generations, of a new stream, and nothing else. */
  async issue(
    userId: string,
    documents: readonly { readonly id: string; readonly accessGeneration: number }[],
  ): Promise<Omit<Subscription, 'refused'>> {
    const connection = randomUUID();
    const topics = [
      ...documents.flatMap(({ id, accessGeneration }) =>
        Object.values(this.#publisher.topics(id, accessGeneration)),
      ),
      this.#publisher.streamTopic(userId, connection),
    ];
    const payload: StreamPayload = { connection, userId };
    const token = await this.#sign({ mercure: { subscribe: topics, payload } });
    return { hub: this.#hubUrl, topics, token, connection, expiresInSeconds: SUBSCRIBER_TOKEN_LIFETIME_S };
  }
}

/** Makes the tokens with which we publish to a hub that runs elsewhere. */
export class PublisherTokens {
  readonly #sign: Signer;

  constructor(secret: string) {
    this.#sign = signer(secret, PUBLISHER_TOKEN_LIFETIME_S);
  }

  /** A token for these topics, and nothing else. */
  issue(topics: readonly string[]): Promise<string> {
    return this.#sign({ mercure: { publish: topics } });
  }
}

type Signer = (claims: JWTPayload) => Promise<string>;

/** Signs in the format that every Mercure hub of today understands (the `mercure` claim, HS256). */
function signer(secret: string, lifetimeS: number): Signer {
  const key = new TextEncoder().encode(secret);
  return claims =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime(`${lifetimeS} seconds`)
      .sign(key);
}
