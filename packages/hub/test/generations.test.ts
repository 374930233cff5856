import { listen, mintAccessToken, mintClaimToken, openEventStream } from '@cahier/testing';
import { describe, expect, it } from 'vitest';
import { createHub, type HubOptions, type Logger, redactedUrl } from '../src/index.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const publicUrl = 'https://hub.example';
const audience = `${publicUrl}/.well-known/mercure`;

async function start(options: Partial<HubOptions>) {
  const logged: string[] = [];
  const log: Logger['info'] = (message, details) => logged.push(`${message} ${JSON.stringify(details)}`);
  const logger = { debug: log, info: log, warn: log, error: log };
  const hub = createHub({
    publisherKey: { secret },
    subscriberKey: { secret },
    publicUrl,
    logger,
    ...options,
  });
  const server = await listen(hub.handler);
  const endpoint = `${server.url}/.well-known/mercure`;
  return {
    hub,
    url: server.url,
    endpoint,
    logged,
    head: (query: string, headers: Record<string, string> = {}) =>
      fetch(`${endpoint}?${query}`, { method: 'HEAD', headers }),
    async [Symbol.asyncDispose]() {
      await hub.close();
      await server.close();
    },
  };
}

const claimToken = () => mintClaimToken({ secret, subscribe: ['*'], publish: ['*'] });
const accessToken = () => mintAccessToken({ secret, issuer: publicUrl, audience, subscribe: ['*'] });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('a hub of one generation', () => {
  it('J1 of 1.0 knows nothing of 0.x: tokens, cookie, parameters and headers', async () => {
    await using server = await start({ generations: ['1.0'] });
    const headers = bearer(await accessToken());
    expect((await server.head('match=a', headers)).status).toBe(200);
    expect((await server.head('match=a', bearer(await claimToken()))).status).toBe(401);
    expect(
      (await server.head('match=a', { cookie: `mercureAuthorization=${await claimToken()}` })).status,
    ).toBe(401);
    expect((await server.head(`match=a&authorization=${await claimToken()}`)).status).toBe(401);
    expect((await server.head('topic=a', headers)).status).toBe(400);
    expect((await server.head('topic=a&match=a', headers)).status).toBe(400);
    const ignored = await server.head('match=a&lastEventID=x&Last-Event-ID=x', headers);
    expect(ignored.headers.get('mercure-last-event-id')).toBeNull();
    const resumed = await server.head('match=a&last_event_id=x', headers);
    expect(resumed.headers.get('mercure-last-event-id')).toBe('earliest');
    expect(resumed.headers.get('last-event-id')).toBeNull();
  });

  it('J1 of 0.x knows nothing of 1.0: tokens, cookie, parameters and metadata', async () => {
    await using server = await start({ generations: ['0.x'] });
    const headers = bearer(await claimToken());
    expect((await server.head('topic=a', headers)).status).toBe(200);
    expect((await server.head('topic=a', bearer(await accessToken()))).status).toBe(401);
    const cookie = `__Secure-mercure_access_token=${await claimToken()}`;
    expect((await server.head('topic=a', { cookie })).status).toBe(401);
    expect((await server.head('match=a', headers)).status).toBe(400);
    const challenge = (await server.head('topic=a')).headers.get('www-authenticate');
    expect(challenge).toBe('Bearer');
    const metadata = `${server.url}/.well-known/oauth-protected-resource/.well-known/mercure`;
    expect((await fetch(metadata)).status).toBe(404);
  });
});

describe('a token in the URL', () => {
  it('C6 is taken where 0.x is spoken, for streams and for publishing', async () => {
    await using server = await start({});
    await using stream = await openEventStream(
      `${server.endpoint}?topic=a&authorization=${await claimToken()}`,
    );
    const response = await fetch(`${server.endpoint}?authorization=${await claimToken()}`, {
      method: 'POST',
      body: new URLSearchParams({ topic: 'a', data: 'hello', private: 'on' }),
    });
    expect(response.status).toBe(200);
    expect((await stream.next()).data).toBe('hello');
  });

  it('C6 comes after the header and before the cookie', async () => {
    await using server = await start({});
    const nonsense = 'topic=a&authorization=nonsense';
    expect((await server.head(nonsense, bearer(await claimToken()))).status).toBe(200);
    expect(
      (await server.head(nonsense, { cookie: `mercureAuthorization=${await claimToken()}` })).status,
    ).toBe(401);
  });

  it.each([
    ['an empty one', '', 400],
    ['two of them', 'a&authorization=b', 400],
  ])('C6 is refused as malformed: %s', async (_title, value, status) => {
    await using server = await start({});
    expect((await server.head(`topic=a&authorization=${value}`)).status).toBe(status);
  });

  it('C7 is never an access token of 1.0, and none at all when switched off', async () => {
    await using server = await start({});
    expect((await server.head(`topic=a&authorization=${await accessToken()}`)).status).toBe(401);
    await using strict = await start({ tokenInQuery: false });
    const response = await strict.head(`topic=a&authorization=${await claimToken()}`);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).not.toMatch(/error/);
  });

  it('C8 does not get into the log', async () => {
    await using server = await start({});
    const token = (await claimToken()).replace(/.$/, '');
    await server.head(`topic=a&authorization=${token}x`);
    await server.head(`topic=a&%61uthorization=${token}x&authorization=`);
    expect(server.logged).toHaveLength(2);
    for (const line of server.logged) {
      expect(line).toContain('authorization=REDACTED');
      expect(line).not.toContain(token);
    }
  });

  it.each([
    ['/a', '/a'],
    ['/a?authorization', '/a?authorization=REDACTED'],
    ['/a?x=1&authorization=secret&y=%FF', '/a?x=1&authorization=REDACTED&y=%FF'],
    ['/a?authorizatio%6e=secret?', '/a?authorization=REDACTED'],
    ['/a?Authorization=other', '/a?Authorization=other'],
  ])('C8 the URL %s is logged as %s', (url, logged) => {
    expect(redactedUrl(url)).toBe(logged);
  });
});

describe('metadata', () => {
  const path = '/.well-known/oauth-protected-resource/.well-known/mercure';

  it('N1 says how to get a token that the hub takes', async () => {
    await using server = await start({
      issuers: [
        { issuer: 'https://auth.example', subscriberKey: { secret }, isAuthorizationServer: true },
        { issuer: 'https://backend.example', publisherKey: { secret } },
      ],
    });
    const response = await fetch(server.url + path);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      resource: audience,
      authorization_servers: ['https://auth.example'],
      authorization_details_types_supported: ['https://mercure.rocks/authorization-detail'],
      bearer_methods_supported: ['header'],
      mercure_cookie: '__Secure-mercure_access_token',
      mercure_matcher_types_supported: ['exact', 'urlpattern'],
    });
  });

  it('N1 follows the path of the hub, and its cookie', async () => {
    await using server = await start({ publicUrl: 'https://a.example/app/', cookieNames: ['token'] });
    const response = await fetch(
      `${server.url}/.well-known/oauth-protected-resource/app/.well-known/mercure`,
    );
    expect(await response.json()).toMatchObject({
      resource: 'https://a.example/app/.well-known/mercure',
      mercure_cookie: 'token',
    });
    expect((await fetch(server.url + path)).status).toBe(404);
  });

  it('N2 is where every refusal of a token points to', async () => {
    await using server = await start({});
    const metadata = `resource_metadata="${publicUrl}${path}"`;
    const missing = await server.head('topic=a');
    expect(missing.status).toBe(401);
    expect(missing.headers.get('www-authenticate')).toBe(`Bearer ${metadata}`);
    const invalid = await server.head('topic=a', bearer('nonsense'));
    expect(invalid.headers.get('www-authenticate')).toContain(`, ${metadata}`);
    const forbidden = await fetch(server.endpoint, {
      method: 'POST',
      headers: bearer(await mintClaimToken({ secret, publish: [] })),
      body: new URLSearchParams({ topic: 'a' }),
    });
    expect(forbidden.headers.get('www-authenticate')).toContain(`, ${metadata}`);
  });

  it('N2 is not pointed to by a hub that does not know its URL', async () => {
    const hub = createHub({ publisherKey: { secret }, subscriberKey: { secret } });
    await using server = await listen(hub.handler);
    const response = await fetch(`${server.url}/.well-known/mercure?topic=a`);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    await hub.close();
  });
});
