import { randomUUID } from 'node:crypto';
import { HUB_PATH, type Subscription } from '@cahier/protocol';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Publisher } from './publisher.ts';

/** How long a subscriber token opens streams. Short: it is the last resort where a hub cannot end streams. */
const TOKEN_LIFETIME_S = 600;

const payloadSchema = z.object({ connection: z.uuid(), documentId: z.uuid(), userId: z.uuid() });

/** What a token tells the hub about its bearer; comes back when the stream opens and ends. */
export type StreamPayload = z.infer<typeof payloadSchema>;

/** Reads a subscription's payload; undefined when the token behind it was not one of ours. */
export function streamPayload(value: unknown): StreamPayload | undefined {
  return payloadSchema.safeParse(value).data;
}

/** Hands out tokens in the format that every Mercure hub of today understands (the `mercure` claim, HS256). */
export class SubscriberTokens {
  readonly #key: Uint8Array;
  readonly #publisher: Publisher;

  constructor(secret: string, publisher: Publisher) {
    this.#key = new TextEncoder().encode(secret);
    this.#publisher = publisher;
  }

  /** A token for the two topics of a document as they are at this access generation, and nothing else. */
  async issue(userId: string, documentId: string, accessGeneration: number): Promise<Subscription> {
    const topics = Object.values(this.#publisher.topics(documentId, accessGeneration));
    const connection = randomUUID();
    const payload: StreamPayload = { connection, documentId, userId };
    const token = await new SignJWT({ mercure: { subscribe: topics, payload } })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuedAt()
      .setExpirationTime(`${TOKEN_LIFETIME_S} seconds`)
      .sign(this.#key);
    return { hub: HUB_PATH, topics, token, connection, expiresInSeconds: TOKEN_LIFETIME_S };
  }
}
