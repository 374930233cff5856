import { listen, mintAccessToken, mintClaimToken, openEventStream } from '@cahier/testing';
import { describe, expect, it } from 'vitest';
import { createHub, type HubOptions, memoryTransport } from '../src/index.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const publicUrl = 'https://hub.example';
const audience = `${publicUrl}/.well-known/mercure`;
const root = '/.well-known/mercure/subscriptions';
const TYPE = 'https://mercure.rocks/authorization-detail';
const UUID = /^urn:uuid:[0-9a-f-]{36}$/;

async function start(options: Partial<HubOptions> = {}) {
  const key = { secret };
  const hub = createHub({
    publisherKey: key,
    subscriberKey: key,
    publicUrl,
    subscriptions: true,
    ...options,
  });
  const server = await listen(hub.handler);
  return {
    hub,
    subscribe: async (query: Record<string, string>, token?: Promise<string>) =>
      openEventStream(`${server.url}/.well-known/mercure?${new URLSearchParams(query)}`, {
        headers: await bearer(token ?? accessToken()),
      }),
    get: async (path: string, token: Promise<string> = accessToken(), headers: object = {}) =>
      fetch(server.url + path, { headers: { ...(await bearer(token)), ...headers } }),
    url: server.url,
    async [Symbol.asyncDispose]() {
      await hub.close();
      await server.close();
    },
  };
}

/** A document of the API, of either generation. */
interface Document extends Record<string, unknown> {
  readonly id: string;
  readonly subscriptions: readonly Document[];
}
const read = async (response: Promise<Response>) => (await (await response).json()) as Document;

const bearer = async (token: Promise<string>) => ({ authorization: `Bearer ${await token}` });
const accessToken = (options: object = {}) =>
  mintAccessToken({ secret, issuer: publicUrl, audience, subscribe: ['*'], ...options });
const claimToken = (options: object = {}) => mintClaimToken({ secret, subscribe: ['*'], ...options });
const pattern = `${root}/:match_type/:match/:subscriber`;
const encoded = 'https%3A%2F%2Fexample.com%2F%28a%2Ab%29%3A%3Aid';
const matcher = 'https://example.com/(a*b)::id';

describe('events of 1.0', () => {
  it('W1 announce every matcher of a stream, privately, when it begins and when it ends', async () => {
    await using server = await start();
    await using followers = await server.subscribe({ match_urlpattern: pattern });
    const own = JSON.parse((await followers.next()).data);
    expect(own).toMatchObject({ match_type: 'urlpattern', match: pattern, active: true });

    const stream = await server.subscribe({ match: matcher, match_urlpattern: '*' });
    const events = [await followers.next(), await followers.next()];
    const [exact, all] = events.map(event => JSON.parse(event.data));
    expect(events.map(event => event.type)).toEqual(['mercure', 'mercure']);
    expect(exact).toEqual({
      id: `${root}/exact/${encoded}/${encodeURIComponent(exact.subscriber)}`,
      type: 'subscription',
      match_type: 'exact',
      match: matcher,
      subscriber: expect.stringMatching(UUID),
      active: true,
    });
    expect(all).toMatchObject({ match_type: 'urlpattern', match: '*', subscriber: exact.subscriber });

    await stream.close();
    const ended = [await followers.next(), await followers.next()].map(event => JSON.parse(event.data));
    expect(ended).toEqual([
      { ...exact, active: false },
      { ...all, active: false },
    ]);
  });

  it('W1 go to those only whose token covers them', async () => {
    await using server = await start();
    const topics = [{ match: `${root}/exact/a/:subscriber`, match_type: 'urlpattern' }];
    const details = [{ type: TYPE, actions: ['subscribe'], topics }];
    await using follower = await server.subscribe({ match_urlpattern: pattern }, accessToken({ details }));
    await using stranger = await server.subscribe({ match: '*' }, accessToken({ details: [] }));
    await using _b = await server.subscribe({ match: 'b' });
    await using _a = await server.subscribe({ match: 'a' });
    expect(JSON.parse((await follower.next()).data).match).toBe('a');
    await server.hub.publish({ topics: 'c', data: 'end' });
    expect((await stranger.next()).data).toBe('end');
  });

  it('W1 also say that the last streams of a closing hub have ended', async () => {
    const updates: string[] = [];
    const transport = memoryTransport();
    transport.listen(({ update }) => updates.push(update.data));
    const server = await start({ transport });
    await using _stream = await server.subscribe({ match: 'a' });
    await server[Symbol.asyncDispose]();
    expect(updates.map(data => JSON.parse(data).active)).toEqual([true, false]);
  });
});

describe('events of 0.x', () => {
  it('W2 have the shape of 0.x for streams that were asked for in it', async () => {
    await using server = await start();
    await using follower = await server.subscribe({ topic: `${root}{/topic}{/subscriber}` }, claimToken());
    await follower.next();
    const stream = await server.subscribe({ topic: 'https://example.com/{id}' }, claimToken({ payload: 1 }));
    const event = await follower.next();
    const document = JSON.parse(event.data);
    expect(event.type).toBeUndefined();
    expect(document).toEqual({
      '@context': 'https://mercure.rocks/',
      id: `${root}/https%3A%2F%2Fexample.com%2F%7Bid%7D/${encodeURIComponent(document.subscriber)}`,
      type: 'Subscription',
      topic: 'https://example.com/{id}',
      subscriber: expect.stringMatching(UUID),
      active: true,
      payload: 1,
    });
    await stream.close();
    expect(JSON.parse((await follower.next()).data)).toEqual({ ...document, active: false });
  });
});

it('W3 each subscription has the payload of the first detail that matches it, or that of the whole 0.x token', async () => {
  await using server = await start();
  const detail = (match: string, payload?: object, match_type = 'exact') => ({
    type: TYPE,
    actions: ['subscribe'],
    topics: [{ match, match_type }],
    ...(payload && { payload }),
  });
  const details = [
    { ...detail('a', { for: 'publishers' }), actions: ['publish'] },
    detail('a', { for: 'a' }),
    detail('https://example.com/:x', { for: 'the pattern' }, 'urlpattern'),
    detail('c'),
    detail('*', { for: 'others' }),
  ];
  await using _stream = await server.subscribe(
    { match: 'a', match_urlpattern: 'https://example.com/:id', match_exact: 'c', topic: 'd' },
    accessToken({ details }),
  );
  const { subscriptions } = await read(server.get(root));
  expect(subscriptions.map(document => [document.match, document.payload])).toEqual([
    ['a', { for: 'a' }],
    ['https://example.com/:id', { for: 'the pattern' }],
    ['c', undefined],
  ]);
  const ofOld = await read(server.get(root, claimToken()));
  expect(ofOld.subscriptions).toMatchObject([{ topic: 'd', payload: { for: 'others' } }]);
});

describe('the API', () => {
  it('W4 lists all, those of a matcher, and one of 1.0', async () => {
    await using server = await start();
    await using _first = await server.subscribe({ match: matcher });
    await using _second = await server.subscribe({ match: matcher, match_urlpattern: '/b' });
    await using _old = await server.subscribe({ topic: matcher });
    const collection = await server.get(root);
    expect(collection.headers.get('content-type')).toBe('application/json');
    const all = (await collection.json()) as Document;
    expect(all).toMatchObject({ id: root, type: 'subscriptions' });
    expect(all.subscriptions).toHaveLength(3);
    const cursor = server.hub.lastEventId;
    expect(collection.headers.get('link')).toBe(
      `<${audience}>; rel="mercure"; last-event-id="${cursor}"; type="mercure"; content-type="application/json"`,
    );
    const ofMatcher = await read(server.get(`${root}/exact/${encoded}`));
    expect(ofMatcher.subscriptions).toEqual(all.subscriptions.filter(({ match }) => match === matcher));
    for (const document of all.subscriptions) {
      const response = await server.get(document.id);
      expect(await response.json()).toEqual(document);
      expect(response.headers.get('link')).toContain(`last-event-id="${cursor}"`);
    }
  });

  it('W4 lists the same of 0.x to tokens of 0.x, in the shape of 0.x', async () => {
    await using server = await start();
    await using _stream = await server.subscribe({ topic: '{x}' }, claimToken());
    await using _other = await server.subscribe({ topic: 'b' }, claimToken());
    await using _new = await server.subscribe({ match: 'c' });
    const response = await server.get(root, claimToken());
    expect(response.headers.get('content-type')).toBe('application/ld+json');
    const all = (await response.json()) as Document;
    const lastEventID = server.hub.lastEventId;
    expect(all).toMatchObject({
      '@context': 'https://mercure.rocks/',
      id: root,
      type: 'Subscriptions',
      lastEventID,
    });
    expect(all.subscriptions.map(({ topic }) => topic)).toEqual(['{x}', 'b']);
    const [document] = all.subscriptions;
    const ofTopic = await read(server.get(`${root}/%7Bx%7D`, claimToken()));
    expect(ofTopic.subscriptions).toEqual([document]);
    const single = await read(server.get(document?.id ?? '', claimToken()));
    expect(single).toEqual({ '@context': 'https://mercure.rocks/', ...document, lastEventID });
  });

  it('W5 needs a token that covers the path, without its query', async () => {
    await using server = await start({ anonymous: true });
    const nobody = await fetch(server.url + root);
    expect(nobody.status).toBe(401);
    expect(nobody.headers.get('www-authenticate')).toMatch(/^Bearer(?!.*error)/);
    const only = (match: string, match_type = 'exact') =>
      accessToken({ details: [{ type: TYPE, actions: ['subscribe'], topics: [{ match, match_type }] }] });
    expect((await server.get(root, only('a'))).status).toBe(403);
    expect((await server.get(root, accessToken({ subscribe: undefined, publish: ['*'] }))).status).toBe(403);
    expect((await server.get(`${root}?x=1`, only(root))).status).toBe(200);
    expect((await server.get(`${root}/exact/a`, only(root))).status).toBe(403);
    expect((await server.get(`${root}/exact/a`, only(`${root}/exact/:match`, 'urlpattern'))).status).toBe(
      200,
    );
    expect((await server.get(root, claimToken({ subscribe: [`${root}{/topic}`] }))).status).toBe(200);
    expect((await server.get(root, claimToken({ subscribe: ['a'] }))).status).toBe(403);
  });

  it.each([
    [404, `${root}/exact/a/urn:uuid:nobody`],
    [404, `${root}/exact/a/b/c`],
    [404, `${root}/exact`],
    [404, `${root}/`],
    [404, `${root}/exact//b`],
    [400, `${root}/regexp/a`],
    [400, `${root}/Exact/a/b`],
    [400, `${root}/exact/%FF`],
  ])('W6 answers %i to %s', async (status, path) => {
    await using server = await start();
    const response = await server.get(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code: expect.any(String), detail: expect.any(String) });
  });

  it('W7 answers 304 while nothing has changed', async () => {
    await using server = await start();
    const first = await server.get(root);
    const etag = String(first.headers.get('etag'));
    expect(etag).toMatch(/^W\/"[^"]+"$/);
    for (const value of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
      const response = await server.get(root, accessToken(), { 'if-none-match': value });
      expect(response.status).toBe(304);
      expect(response.headers.get('etag')).toBe(etag);
      expect(await response.text()).toBe('');
    }
    expect((await server.get(root, claimToken(), { 'if-none-match': etag })).status).toBe(200);
    await server.hub.publish({ topics: 'a' });
    expect((await server.get(root, accessToken(), { 'if-none-match': etag })).status).toBe(304);
    const nobody = await server.get(`${root}/exact/a/urn:x`, accessToken(), {
      'if-none-match': `*, ${etag}`,
    });
    expect(nobody.status).toBe(404);
    await using _stream = await server.subscribe({ match: 'a' });
    expect((await server.get(root, accessToken(), { 'if-none-match': etag })).status).toBe(200);
  });

  it('W8 leaves nothing out between a list and the events after its cursor', async () => {
    await using server = await start();
    const known = new Map<string, unknown>();
    await using _before = await server.subscribe({ match: 'before' });
    const response = await server.get(root);
    for (const document of ((await response.json()) as Document).subscriptions)
      known.set(document.id, document);
    await using _after = await server.subscribe({ match: 'after' });
    const [, cursor = ''] = response.headers.get('link')?.match(/last-event-id="([^"]+)"/) ?? [];
    await using follower = await server.subscribe({ match_urlpattern: pattern, last_event_id: cursor });
    expect(follower.headers['mercure-last-event-id']).toBe(cursor);
    expect([...known.values()]).toMatchObject([{ match: 'before' }]);
    expect(JSON.parse((await follower.next()).data).match).toBe('after');
  });

  it('W9 is not there, nor are the events, unless the hub is told so', async () => {
    await using server = await start({ subscriptions: false });
    expect((await server.get(root)).status).toBe(404);
    await using _stream = await server.subscribe({ match: 'a' });
    expect(server.hub.lastEventId).toBe('earliest');
  });

  it('N1 is told of in the metadata', async () => {
    await using server = await start();
    const response = await fetch(`${server.url}/.well-known/oauth-protected-resource/.well-known/mercure`);
    expect(await response.json()).toMatchObject({ mercure_subscriptions: true });
  });

  it('P6 reserves the paths under the prefix of the public URL, where the events then are', async () => {
    await using server = await start({ publicUrl: 'https://hub.example/app' });
    const prefixed = `/app${root}`;
    await expect(server.hub.publish({ topics: `${prefixed}/exact/a/b` })).rejects.toMatchObject({
      code: 'topic_invalid',
    });
    await using follower = await server.subscribe(
      { topic: `${prefixed}{/topic}{/subscriber}` },
      claimToken(),
    );
    expect(JSON.parse((await follower.next()).data).id).toMatch(/^\/app\/\.well-known\//);
    expect((await server.get(root, claimToken({ subscribe: [prefixed] }))).status).toBe(200);
  });
});
