import { listen } from '@cahier/testing';
import express from 'express';
import { afterAll, beforeAll } from 'vitest';
import { createHub, type Hub } from '../../src/index.ts';
import { GENERATIONS, type Generation } from '../../src/messages/generation.ts';
import type { HubSetUp } from './hub-under-test.ts';
import { describeConformance } from './suite.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const isOn = (name: string) => /^(?:1|true|on)$/.test(process.env[name] ?? '');

/** Aimed at a hub that runs already, when the environment names one. */
function elsewhere(url: string): HubSetUp {
  const issuer = process.env.CONFORMANCE_ISSUER;
  return {
    url,
    secret: process.env.CONFORMANCE_SECRET ?? secret,
    anonymous: isOn('CONFORMANCE_ANONYMOUS'),
    subscriptions: isOn('CONFORMANCE_SUBSCRIPTIONS'),
    ...(issuer !== undefined && { issuer }),
  };
}

/** Mounted in a server of this process. */
function describeMounted(
  name: string,
  {
    anonymous = true,
    generations = GENERATIONS,
    mount = hub => hub.handler,
  }: {
    anonymous?: boolean;
    generations?: readonly Generation[];
    mount?: (hub: Hub) => Parameters<typeof listen>[0];
  },
): void {
  let hub: Hub;
  let server: Awaited<ReturnType<typeof listen>>;
  beforeAll(async () => {
    hub = createHub({
      publisherKey: { secret },
      subscriberKey: { secret },
      publicUrl: () => server.url,
      subscriptions: true,
      anonymous,
      generations,
    });
    server = await listen(mount(hub));
  });
  afterAll(async () => {
    await hub.close();
    await server.close();
  });
  const setUp = () => ({ url: server.url, secret, anonymous, subscriptions: true });
  describeConformance(name, setUp, generations);
}

const url = process.env.CONFORMANCE_URL;
if (url !== undefined) {
  const spoken = process.env.CONFORMANCE_GENERATIONS?.split(',') ?? GENERATIONS;
  describeConformance(
    url,
    () => elsewhere(url.replace(/\/\.well-known\/mercure$/, '')),
    GENERATIONS.filter(generation => spoken.includes(generation)),
  );
} else {
  describeMounted('a hub for everyone in node:http', {});
  describeMounted('a hub for token holders in Express', {
    anonymous: false,
    mount: hub => express().use(hub.handler).use(express.urlencoded()),
  });
  for (const generation of GENERATIONS) {
    describeMounted(`a hub that speaks ${generation} only`, { generations: [generation] });
  }
}
