import { listen, mintClaimToken, openEventStream } from '@cahier/testing';
import { expect, it } from 'vitest';
import { createHub, type HubOptions } from '../src/index.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';

async function start(options: Partial<HubOptions>) {
  const hub = createHub({
    publisherKey: { secret },
    subscriberKey: { secret },
    anonymous: true,
    ...options,
  });
  const server = await listen(hub.handler);
  const url = `${server.url}/.well-known/mercure?topic=a`;
  return {
    hub,
    url,
    open: (headers: Record<string, string> = {}) => openEventStream(url, { headers }),
    status: async (headers: Record<string, string> = {}) => {
      const response = await fetch(url, { headers });
      await response.body?.cancel();
      return response.status;
    },
    async [Symbol.asyncDispose]() {
      await hub.close();
      await server.close();
    },
  };
}

it('L8 counts the streams of one token, and leaves other tokens and token-less streams alone', async () => {
  await using server = await start({ maxConnectionsPerToken: 2 });
  const bearer = async (id: string) => ({
    authorization: `Bearer ${await mintClaimToken({ secret, subscribe: ['a'], claims: { jti: id } })}`,
  });
  const [one, other] = [await bearer('one'), await bearer('other')];
  await using _first = await server.open(one);
  const second = await server.open(one);

  const refused = await fetch(server.url, { headers: one });
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await refused.json()).toMatchObject({ code: 'too_many_connections' });
  await using _other = await server.open(other);
  await using _anonymous = await server.open();

  await second.close();
  await expect.poll(() => server.status(one)).toBe(200);
});

it('L8 counts the streams of one address, as the trusted proxy tells it', async () => {
  await using server = await start({ maxConnectionsPerAddress: 1, trustedProxies: ['loopback'] });
  const from = (address: string) => ({ 'x-forwarded-for': `203.0.113.1, ${address}` });
  const first = await server.open(from('198.51.100.1'));
  expect(await server.status(from('198.51.100.1'))).toBe(429);
  await using _second = await server.open(from('198.51.100.2'));
  await first.close();
  await expect.poll(() => server.status(from('198.51.100.1'))).toBe(200);
});

it('L9 takes nobody at their word who is not trusted', async () => {
  await using server = await start({ maxConnectionsPerAddress: 1 });
  await using _first = await server.open({ 'x-forwarded-for': '198.51.100.1' });
  expect(await server.status({ 'x-forwarded-for': '198.51.100.2' })).toBe(429);
});

it('L10 gives the place of a request back that opened no stream', async () => {
  await using server = await start({ maxConnections: 1 });
  await fetch(server.url, { method: 'HEAD' });
  expect((await fetch(server.url.replace('topic', 'match_nothing'))).status).toBe(400);
  expect((await fetch(server.url, { headers: { authorization: 'Bearer x' } })).status).toBe(401);
  await using _stream = await server.open();
  expect(server.hub.statistics().subscribersConnected).toBe(1);
});
