import { describe } from 'vitest';
import { GENERATIONS, type Generation } from '../../src/messages/generation.ts';
import { describeActiveSubscriptions } from './active-subscriptions.ts';
import { describeAuthorization } from './authorization.ts';
import { createConformanceClient } from './client.ts';
import { describeHistory } from './history.ts';
import { describeHttp } from './http.ts';
import { type HubSetUp, hubUnderTest } from './hub-under-test.ts';
import { describePublishing } from './publishing.ts';
import { describeSubscribing } from './subscribing.ts';

/**
 * The protocol as a client sees it: runs against a mounted hub, one behind a proxy, or somebody else's, once with the
 * tokens of each generation. The numbers in the titles are the rules of SPEC.md.
 *
 * @param setUp - called when the tests run, so that a server may be started first
 * @param generations - those that the hub speaks. Default: both
 */
export function describeConformance(
  name: string,
  setUp: () => HubSetUp,
  generations: readonly Generation[] = GENERATIONS,
): void {
  for (const generation of generations) {
    const hub = () => hubUnderTest(setUp(), generation);
    const client = createConformanceClient(hub, generation, generations);
    describe(`${name}, asked with ${generation} tokens`, () => {
      describeSubscribing(client);
      describePublishing(client);
      describeAuthorization(client);
      describeHistory(client);
      describeActiveSubscriptions(client);
      describeHttp(client);
    });
  }
}
