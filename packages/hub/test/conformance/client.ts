import { randomUUID } from 'node:crypto';
import { type EventStream, openEventStream } from '@cahier/testing';
import { expect } from 'vitest';
import type { Generation } from '../../src/messages/generation.ts';
import type { HubUnderTest } from './hub-under-test.ts';

type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** What the suite does to a hub, always over HTTP. */
export type ConformanceClient = ReturnType<typeof createConformanceClient>;

/**
 * @param hub - called when a test runs, so that a server may be started first
 * @param generation - of the tokens, and of the way to ask for topics where it does not matter
 * @param generations - those that the hub speaks
 */
export function createConformanceClient(
  hub: () => HubUnderTest,
  generation: Generation,
  generations: readonly Generation[],
) {
  const endpoint = () => `${hub().url}/.well-known/mercure`;

  function pairs(parameters: Parameters): [name: string, value: string][] {
    return Object.entries(parameters).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value]),
    );
  }

  /** @param token - default: one for every topic */
  async function publish(fields: Parameters, token?: string): Promise<Response> {
    const authorization = `Bearer ${token ?? (await hub().mintPublisherToken(['*']))}`;
    const body = new URLSearchParams(pairs(fields));
    return fetch(endpoint(), { method: 'POST', body, headers: { authorization } });
  }

  /** @param options - its token is by default one for every topic */
  async function subscribe(
    parameters: Parameters,
    { token, headers = {} }: { token?: string; headers?: Record<string, string> } = {},
  ): Promise<EventStream> {
    const bearer = token ?? (await hub().mintSubscriberToken(['*']));
    return openEventStream(subscriptionUrl(parameters), {
      headers: { authorization: `Bearer ${bearer}`, ...headers },
    });
  }

  function subscriptionUrl(parameters: Parameters): URL {
    const url = new URL(endpoint());
    for (const [name, value] of pairs(parameters)) url.searchParams.append(name, value);
    return url;
  }

  /** Publishes last and waits for it: what did not come before it does not come. */
  async function expectNothingBefore(stream: EventStream, topic: string): Promise<void> {
    const marker = randomUUID();
    const before = stream.events.length;
    await publish({ topic, data: marker });
    await stream.nextMatching(event => event.data === marker);
    expect(stream.events.slice(before).map(event => event.data)).toEqual([marker]);
  }

  return {
    hub,
    generation,
    speaks: (other: Generation) => generations.includes(other),
    /** Selects a topic byte for byte. */
    parameter: generation === '1.0' ? 'match' : 'topic',
    endpoint,
    newTopic: () => `https://example.com/books/${randomUUID()}`,
    publish,
    subscribe,
    subscriptionUrl,
    expectNothingBefore,
  };
}
