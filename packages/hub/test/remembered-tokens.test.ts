import { createServer } from 'node:http';
import { listen, mintAccessToken, mintClaimToken } from '@cahier/testing';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHub, type HubOptions } from '../src/index.ts';

const secret = 'the publishers share this secret with the hub';
const publicUrl = 'https://cahier.example';
const audience = `${publicUrl}/.well-known/mercure`;
const nowS = 2_000_000_000;

afterEach(() => vi.useRealTimers());

/** Stops the clock that tokens are judged by, and nothing else. */
const setTime = (seconds: number) =>
  vi.isFakeTimers()
    ? vi.setSystemTime(seconds * 1000)
    : vi.useFakeTimers({ now: seconds * 1000, toFake: ['Date'] });

/** A hub, and the status with which it answers to a publication. */
async function start(options: Partial<HubOptions> = {}) {
  const hub = createHub({ publisherKey: { secret }, subscriberKey: { secret }, publicUrl, ...options });
  const server = await listen(hub.handler);
  return {
    async publish(token: string, topic = 'a'): Promise<number> {
      return this.publishWith({ authorization: `Bearer ${token}` }, '', topic);
    },
    async publishWith(headers: Record<string, string>, query = '', topic = 'a'): Promise<number> {
      const body = new URLSearchParams({ topic });
      const url = `${server.url}/.well-known/mercure${query}`;
      return (await fetch(url, { method: 'POST', body, headers })).status;
    },
    async [Symbol.asyncDispose]() {
      await hub.close();
      await server.close();
    },
  };
}

const mint = (claims: object = {}) => mintClaimToken({ secret, publish: ['a'], claims: { ...claims } });
const mintOfStandard = () =>
  mintAccessToken({ secret, issuer: publicUrl, audience, publish: ['*'], claims: { exp: nowS + 60 } });

describe('a publisher’s token that has been accepted before', () => {
  it('K20 is refused from the second on in which it expires', async () => {
    setTime(nowS);
    await using hub = await start();
    const token = await mint({ exp: nowS + 10 });
    expect(await hub.publish(token)).toBe(200);
    setTime(nowS + 9.999);
    expect(await hub.publish(token)).toBe(200);
    setTime(nowS + 10);
    expect(await hub.publish(token)).toBe(401);
    expect(await hub.publish(token)).toBe(401);
  });

  it('K20 is accepted from its nbf on although it was refused before', async () => {
    setTime(nowS);
    await using hub = await start();
    const token = await mint({ nbf: nowS + 10 });
    expect(await hub.publish(token)).toBe(401);
    setTime(nowS + 10);
    expect(await hub.publish(token)).toBe(200);
  });

  it('K20 grants no more topics than at first', async () => {
    await using hub = await start();
    const token = await mint();
    expect(await hub.publish(token)).toBe(200);
    expect(await hub.publish(token, 'b')).toBe(403);
  });

  it('K20 is refused by a hub with another key', async () => {
    const token = await mint();
    await using hub = await start();
    expect(await hub.publish(token)).toBe(200);
    await using other = await start({
      publisherKey: { secret: 'not the secret that the token is signed with' },
    });
    expect(await other.publish(token)).toBe(401);
  });

  it('K20 is refused once its key has been withdrawn from a key set', async () => {
    setTime(nowS);
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const replacement = await generateKeyPair('ES256');
    let keys = [await exportJWK(publicKey)];
    await using authorizationServer = await listen(
      createServer((_request, response) => response.end(JSON.stringify({ keys }))),
    );
    // The keys beside it, which cannot change, make no difference.
    await using hub = await start({ publisherKey: [{ jwksUrl: authorizationServer.url }, { secret }] });
    const token = await new SignJWT({ mercure: { publish: ['a'] } })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
    expect(await hub.publish(token)).toBe(200);
    keys = [await exportJWK(replacement.publicKey)];
    // Fetched keys are used for ten minutes without asking again.
    setTime(nowS + 601);
    expect(await hub.publish(token)).toBe(401);
  });

  it('K20 is refused in a cookie that another site’s page makes the browser send', async () => {
    await using hub = await start();
    const cookie = `mercureAuthorization=${await mint()}`;
    expect(await hub.publishWith({ cookie, origin: publicUrl })).toBe(200);
    expect(await hub.publishWith({ cookie, origin: 'https://evil.example' })).toBe(403);
    expect(await hub.publishWith({ cookie })).toBe(403);
  });

  it('K20 is refused in the URL when it is of 1.0', async () => {
    setTime(nowS);
    await using hub = await start();
    const token = await mintOfStandard();
    expect(await hub.publish(token)).toBe(200);
    expect(await hub.publishWith({}, `?authorization=${token}`)).toBe(401);
  });

  it('K20 is refused once the hub has another URL', async () => {
    setTime(nowS);
    let url = publicUrl;
    await using hub = await start({ publicUrl: () => url });
    const token = await mintOfStandard();
    expect(await hub.publish(token)).toBe(200);
    url = `${publicUrl}/moved`;
    expect(await hub.publish(token)).toBe(401);
    url = 'https://other.example';
    expect(await hub.publish(token)).toBe(401);
    url = publicUrl;
    expect(await hub.publish(token)).toBe(200);
  });
});
