import { listen, mintAccessToken, mintClaimToken } from '@cahier/testing';
import { afterAll, beforeAll } from 'vitest';
import { createHub, type Hub } from '../src/index.ts';
import { describeConformance } from './conformance.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const nowS = () => Math.floor(Date.now() / 1000);

for (const anonymous of [true, false]) {
  let hub: Hub;
  let server: Awaited<ReturnType<typeof listen>>;
  beforeAll(async () => {
    hub = createHub({
      publisherKey: { secret },
      subscriberKey: { secret },
      publicUrl: () => server.url,
      anonymous,
    });
    server = await listen(hub.handler);
  });
  afterAll(async () => {
    await hub.close();
    await server.close();
  });

  const who = anonymous ? 'open to everyone' : 'for token holders';
  describeConformance(`a hub ${who}, asked with 0.x tokens`, () => ({
    url: server.url,
    anonymous,
    mintPublisherToken: publish => mintClaimToken({ secret, publish }),
    mintSubscriberToken: (subscribe, lifetimeS) =>
      mintClaimToken({ secret, subscribe, ...(lifetimeS && { claims: { exp: nowS() + lifetimeS } }) }),
  }));

  describeConformance(`a hub ${who}, asked with 1.0 tokens`, () => {
    const common = { secret, issuer: server.url, audience: `${server.url}/.well-known/mercure` };
    return {
      url: server.url,
      anonymous,
      mintPublisherToken: publish => mintAccessToken({ ...common, publish }),
      mintSubscriberToken: (subscribe, lifetimeS) =>
        mintAccessToken({ ...common, subscribe, ...(lifetimeS && { claims: { exp: nowS() + lifetimeS } }) }),
    };
  });
}
