import { generateKeyPairSync } from 'node:crypto';
import { listen, mintAccessToken, mintClaimToken } from '@cahier/testing';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHub, type Hub } from '../src/index.ts';

const publisherSecret = 'the publishers share this secret with the hub';
const subscriberSecret = 'the subscribers are given tokens signed with this';
const publicUrl = 'https://cahier.example';
const audience = `${publicUrl}/.well-known/mercure`;
const TYPE = 'https://mercure.rocks/authorization-detail';
const nowS = Math.floor(Date.now() / 1000);

let hub: Hub;
let server: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  const keys = { publisherKey: { secret: publisherSecret }, subscriberKey: { secret: subscriberSecret } };
  hub = createHub({ ...keys, publicUrl });
  server = await listen(hub.handler);
});
afterAll(async () => {
  await hub.close();
  await server.close();
});

const ask = (headers: Record<string, string>) =>
  fetch(`${server.url}/.well-known/mercure?topic=a`, { method: 'HEAD', headers });
const status = async (token: string) => (await ask({ authorization: `Bearer ${token}` })).status;
const reason = async (token: string) =>
  (await ask({ authorization: `Bearer ${token}` })).headers.get('www-authenticate');
const publishStatus = async (headers: Record<string, string>) => {
  const body = new URLSearchParams({ topic: 'a' });
  return (await fetch(`${server.url}/.well-known/mercure`, { method: 'POST', body, headers })).status;
};

describe('0.x tokens', () => {
  const mint = (options: object = {}) =>
    mintClaimToken({ secret: subscriberSecret, subscribe: ['*'], ...options });

  it('K1 need neither exp nor iss nor aud nor typ', async () => {
    expect(await status(await mint())).toBe(200);
    expect(await status(await mint({ header: { typ: undefined } }))).toBe(200);
    expect(await status(await mint({ claims: { iss: 'anyone', aud: 'anything', exp: nowS + 60 } }))).toBe(
      200,
    );
  });

  it('K1 may carry the claim under its namespaced name', async () => {
    const claims = { mercure: undefined, 'https://mercure.rocks/': { publish: ['a'] } };
    const token = await mintClaimToken({ secret: publisherSecret, claims });
    expect(await publishStatus({ authorization: `Bearer ${token}` })).toBe(200);
  });

  it('K2 are refused once expired or before their time, with the reason', async () => {
    expect(await reason(await mint({ claims: { exp: nowS - 1 } }))).toMatch(/invalid_token.*expired/);
    expect(await reason(await mint({ claims: { nbf: nowS + 60 } }))).toMatch(/invalid_token.*nbf/);
  });

  it.each([
    ['a claim that is no object', 'x'],
    ['subscribe that is no array', { subscribe: '*' }],
    ['a selector that is no string', { subscribe: [{ match: '*' }] }],
    ['an empty selector', { subscribe: [''] }],
    ['publish that is no array', { publish: {}, subscribe: ['*'] }],
  ])('K3 are refused for %s', async (_title, mercure) => {
    expect(await status(await mint({ claims: { mercure } }))).toBe(401);
  });

  it('K4 select topics for publishing by template and wildcard', async () => {
    const allowed = async (publish: string[] | undefined) => {
      const token = await mintClaimToken({ secret: publisherSecret, ...(publish && { publish }) });
      return publishStatus({ authorization: `Bearer ${token}` });
    };
    expect(await allowed(['*'])).toBe(200);
    expect(await allowed(['{anything}'])).toBe(200);
    expect(await allowed(['b', 'a'])).toBe(200);
    expect(await allowed(['b', '/{anything}'])).toBe(403);
    expect(await allowed([])).toBe(403);
    expect(await allowed(undefined)).toBe(403);
  });

  it('K20 are refused once expired or altered, although they have been accepted before', async () => {
    const exp = Math.ceil(Date.now() / 1000) + 1;
    const token = await mintClaimToken({ secret: publisherSecret, publish: ['a'], claims: { exp } });
    const publishWith = (bearer: string) => publishStatus({ authorization: `Bearer ${bearer}` });
    expect(await publishWith(token)).toBe(200);
    expect(await publishWith(token)).toBe(200);
    const signature = token.lastIndexOf('.') + 1;
    const other = token[signature] === 'A' ? 'B' : 'A';
    expect(await publishWith(token.slice(0, signature) + other + token.slice(signature + 1))).toBe(401);
    await expect.poll(() => publishWith(token), { timeout: 5_000 }).toBe(401);
    expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
  });

  it('K5 are verified with the key of the operation', async () => {
    const publisher = await mintClaimToken({ secret: publisherSecret, publish: ['*'], subscribe: ['*'] });
    const subscriber = await mint({ publish: ['*'] });
    expect(await status(publisher)).toBe(401);
    expect(await publishStatus({ authorization: `Bearer ${subscriber}` })).toBe(401);
  });

  it('K6 are refused with any algorithm but the one of the key', async () => {
    expect(await reason(await mint({ algorithm: 'HS512' }))).toMatch(
      /invalid_token.*not signed with a key that this hub trusts/,
    );
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const claims = new SignJWT({ mercure: { subscribe: ['*'] } });
    expect(await status(await claims.setProtectedHeader({ alg: 'ES256' }).sign(privateKey))).toBe(401);
  });

  it('K7 with authorization_details but the wrong typ are told so', async () => {
    const token = await mintAccessToken({
      secret: subscriberSecret,
      issuer: publicUrl,
      audience,
      header: { typ: 'JWT' },
    });
    expect(await reason(token)).toMatch(/at\+jwt/);
  });
});

describe('1.0 tokens', () => {
  const mint = (options: object = {}) =>
    mintAccessToken({ secret: subscriberSecret, issuer: publicUrl, audience, subscribe: ['*'], ...options });

  it('K8 are accepted with the typ in either form and the hub among the audiences', async () => {
    expect(await status(await mint())).toBe(200);
    expect(await status(await mint({ header: { typ: 'application/at+JWT' } }))).toBe(200);
    expect(await status(await mint({ claims: { aud: ['https://other.example', audience] } }))).toBe(200);
  });

  it.each([
    ['another issuer', { iss: 'https://other.example' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: publicUrl }],
    ['no audience', { aud: undefined }],
    ['no exp', { exp: undefined }],
    ['an exp that has passed', { exp: nowS - 1 }],
    ['an nbf that has not come', { nbf: nowS + 60 }],
  ])('K9 are refused for %s', async (_title, claims) => {
    expect(await status(await mint({ claims }))).toBe(401);
  });

  const good = { type: TYPE, actions: ['subscribe'], topics: [{ match: '*' }] };
  it.each([
    ['details that are no array', good],
    ['a detail that is no object', [good, 'x']],
    ['a detail without a type', [good, { ...good, type: undefined }]],
    ['no actions', [good, { ...good, actions: [] }]],
    ['an action that is no string', [good, { ...good, actions: ['subscribe', 1] }]],
    ['no topics', [good, { ...good, topics: [] }]],
    ['a bare topic', [good, { ...good, topics: ['*'] }]],
    ['a topic without match', [good, { ...good, topics: [{}] }]],
    ['a malformed URL pattern', [good, { ...good, topics: [{ match: '/{', match_type: 'urlpattern' }] }]],
    ['an unknown match type', [good, { ...good, topics: [{ match: 'a', match_type: 'regexp' }] }]],
    ['a match type in the wrong case', [good, { ...good, topics: [{ match: 'a', match_type: 'Exact' }] }]],
    ['a payload that is no object', [good, { ...good, payload: 'x' }]],
    ['a control character', [good, { ...good, topics: [{ match: 'a\n' }] }]],
    [
      'too many topics',
      [{ ...good, topics: Array.from({ length: 1_001 }, (_, index) => ({ match: `${index}` })) }],
    ],
  ])('K10 are refused whole for %s', async (_title, details) => {
    // The longest goes beyond what Node lets into its headers, which is refused too.
    expect(await status(await mint({ details }))).toBeOneOf([401, 431]);
  });

  it('K11 ignore actions they do not know and details of other types', async () => {
    const details = [
      { ...good, actions: ['subscribe', 'purge'] },
      { type: 'https://other.example', topics: 5 },
    ];
    expect(await status(await mint({ details }))).toBe(200);
    expect(await status(await mint({ details: [] }))).toBe(200);
  });

  it('K12 take a URI template literally: templates are a matter of 0.x', async () => {
    const token = (match: string) =>
      mint({ secret: publisherSecret, details: [{ type: TYPE, actions: ['publish'], topics: [{ match }] }] });
    expect(await publishStatus({ authorization: `Bearer ${await token('{x}')}` })).toBe(403);
    expect(await publishStatus({ authorization: `Bearer ${await token('a')}` })).toBe(200);
  });

  it('K12 take URL patterns, relative ones to the hub', async () => {
    const publish = async (match: string) => {
      const topics = [{ match, match_type: 'urlpattern' }];
      const token = await mint({
        secret: publisherSecret,
        details: [{ type: TYPE, actions: ['publish'], topics }],
      });
      return publishStatus({ authorization: `Bearer ${token}` });
    };
    expect(await publish('*')).toBe(200);
    expect(await publish('/.well-known/:any')).toBe(200);
    expect(await publish(`${publicUrl}/.well-known/a`)).toBe(200);
    expect(await publish('/:any')).toBe(403);
  });

  it('K13 are refused by a hub that does not know its URL', async () => {
    const key = { secret: subscriberSecret };
    const nameless = createHub({ publisherKey: key, subscriberKey: key });
    await using other = await listen(nameless.handler);
    const headers = { authorization: `Bearer ${await mint()}` };
    const response = await fetch(`${other.url}/.well-known/mercure?topic=a`, { headers });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'token_invalid', status: 401 });
    await nameless.close();
  });
});

describe('credentials', () => {
  const subscriberToken = () => mintClaimToken({ secret: subscriberSecret, subscribe: ['*'] });

  it.each(['mercureAuthorization', '__Secure-mercure_access_token'])(
    'C1 may come in the cookie %s',
    async name => {
      expect((await ask({ cookie: `a=b; ${name}=${await subscriberToken()}; c=d` })).status).toBe(200);
    },
  );

  it('C2 in the header win over those in a cookie', async () => {
    const token = await subscriberToken();
    const cookie = `mercureAuthorization=${token}`;
    expect((await ask({ authorization: 'Bearer nonsense', cookie })).status).toBe(401);
    expect(
      (await ask({ authorization: `bearer ${token}`, cookie: 'mercureAuthorization=nonsense' })).status,
    ).toBe(200);
  });

  it('C3 of another scheme count as none', async () => {
    const response = await ask({ authorization: 'Basic eDp5' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer (?!.*error)/);
  });

  it('C4 in a cookie publish only from the hub’s own or an allowed origin', async () => {
    const key = { secret: publisherSecret };
    const careful = createHub({
      publisherKey: key,
      subscriberKey: key,
      publicUrl,
      allowedOrigins: ['https://friend.example'],
    });
    await using other = await listen(careful.handler);
    const token = await mintClaimToken({ secret: publisherSecret, publish: ['*'] });
    const statusFrom = async (headers: Record<string, string>) => {
      const response = await fetch(`${other.url}/.well-known/mercure`, {
        method: 'POST',
        body: new URLSearchParams({ topic: 'a' }),
        headers: { cookie: `mercureAuthorization=${token}`, ...headers },
      });
      return response.status;
    };
    expect(await statusFrom({ origin: publicUrl })).toBe(200);
    expect(await statusFrom({ origin: other.url })).toBe(200);
    expect(await statusFrom({ origin: 'https://friend.example' })).toBe(200);
    expect(await statusFrom({ referer: `${publicUrl}/page` })).toBe(200);
    expect(await statusFrom({})).toBe(403);
    expect(await statusFrom({ origin: 'null' })).toBe(403);
    expect(await statusFrom({ origin: 'https://evil.example', referer: `${publicUrl}/page` })).toBe(403);
    expect(await statusFrom({ referer: 'https://evil.example/?https://friend.example' })).toBe(403);
    await careful.close();
  });

  it('C5 never show in an answer', async () => {
    const token = await mintClaimToken({
      secret: 'somebody else made this with another secret',
      subscribe: ['*'],
    });
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${server.url}/.well-known/mercure?topic=a`, { headers });
    const answer = JSON.stringify([...response.headers]) + (await response.text());
    expect(answer).not.toContain(token.slice(-20));
    expect(answer).not.toContain(subscriberSecret);
  });
});
