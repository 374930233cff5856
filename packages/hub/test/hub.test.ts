import { createServer } from 'node:http';
import { type EventStreamOptions, listen, mintClaimToken, openEventStream } from '@cahier/testing';
import { describe, expect, it } from 'vitest';
import { createHub, type Hub, type HubOptions, type SubscriptionChange } from '../src/index.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const topic = 'https://example.com/document/123';

/** A hub open to everyone on a server of its own, closed at the end of the test. */
async function start(options: Partial<HubOptions> = {}) {
  const changes: SubscriptionChange[] = [];
  const waiting = new Set<() => void>();
  const hub = createHub({
    publisherKey: { secret },
    subscriberKey: { secret },
    anonymous: true,
    onSubscriptionChange: change => {
      changes.push(change);
      for (const check of waiting) check();
    },
    ...options,
  });
  const server = await listen(hub.handler);
  const endpoint = `${server.url}/.well-known/mercure`;
  return {
    hub,
    endpoint,
    changes,
    subscribe: (query: string, options?: EventStreamOptions) =>
      openEventStream(`${endpoint}?${query}`, options),
    /** Resolves once `count` streams have ended. */
    ended: (count: number) =>
      new Promise<void>(resolve => {
        const check = () => {
          if (changes.filter(change => !change.active).length >= count) resolve();
        };
        waiting.add(check);
        check();
      }),
    async [Symbol.asyncDispose]() {
      await hub.close();
      await server.close();
    },
  };
}

const bearer = async (subscribe: string[], options: object = {}) => ({
  headers: { authorization: `Bearer ${await mintClaimToken({ secret, subscribe, ...options })}` },
});

describe('starting', () => {
  const create = (options: Partial<HubOptions>) => () =>
    createHub({ publisherKey: { secret }, subscriberKey: { secret }, ...options });

  it('B1 refuses a secret shorter than its algorithm needs, without showing it', () => {
    const short = 'only 31 bytes, one is missing..';
    expect(create({ subscriberKey: { secret: short } })).toThrow(
      expect.objectContaining({ code: 'key_weak', message: expect.not.stringContaining(short) }),
    );
    expect(create({ publisherKey: { secret, algorithm: 'HS512' } })).toThrow(/publisherKey.*64 bytes/);
  });

  it.each([
    { heartbeatIntervalMs: 0 },
    { maxConnections: -1 },
    { maxConnectionsPerAddress: 0 },
    { maxConnectionsPerToken: 0.5 },
    { trustedProxies: ['everyone'] },
    { maxConnectionMs: 0 },
    { maxUpdateBytes: 1.5 },
    { publicUrl: 'example.com' },
    { publicUrl: 'ftp://example.com' },
    { allowedOrigins: ['https://example.com/'] },
    { corsOrigins: ['*'] },
    { generations: [] },
    { generations: ['2.0' as '1.0'] },
    { issuers: [], generations: ['0.x' as const], publicUrl: 'https://example.com' },
    { issuers: [{ issuer: 'https://a.example', publisherKey: { secret } }] },
    { issuers: [{ issuer: 'https://a.example' }], publicUrl: 'https://example.com' },
    { issuers: [{ issuer: '', publisherKey: { secret } }], publicUrl: 'https://example.com' },
    {
      issuers: [
        { issuer: 'https://a.example', publisherKey: { secret } },
        { issuer: 'https://a.example', subscriberKey: { secret } },
      ],
      publicUrl: 'https://example.com',
    },
    {
      issuers: [{ issuer: 'https://a.example', publisherKey: { secret } }],
      publicUrl: 'https://example.com',
      generations: ['1.0' as const],
    },
    { tokenInQuery: true, generations: ['1.0' as const] },
  ])('B2 refuses %j', options => {
    expect(create(options)).toThrow(expect.objectContaining({ code: 'options_invalid' }));
  });

  it('B2 refuses to go without keys', () => {
    expect(() => createHub({})).toThrow(expect.objectContaining({ code: 'options_invalid' }));
    const issuers = [{ issuer: 'https://a.example', subscriberKey: { secret } }];
    expect(() => createHub({ issuers, publicUrl: 'https://example.com' })).toThrow(/publisherKey/);
    expect(() =>
      createHub({ issuers, publicUrl: 'https://example.com', generations: ['1.0'] }),
    ).not.toThrow();
  });
});

describe('the seed', () => {
  it('Z1 a backend publishes a private update, a page subscribes with nothing but ?topic= and its cookie', async () => {
    await using server = await start({ anonymous: false });
    const cookie = `mercureAuthorization=${await mintClaimToken({ secret, subscribe: [topic] })}`;
    await using page = await server.subscribe(new URLSearchParams({ topic }).toString(), {
      headers: { cookie },
    });
    const response = await fetch(server.endpoint, {
      method: 'POST',
      headers: { authorization: `Bearer ${await mintClaimToken({ secret, publish: ['*'] })}` },
      body: new URLSearchParams({
        topic,
        data: JSON.stringify({ status: 'updated', by: 'user1' }),
        private: 'on',
      }),
    });
    expect(response.status).toBe(200);
    expect(JSON.parse((await page.next()).data)).toEqual({ status: 'updated', by: 'user1' });
  });
});

describe('publishing from within', () => {
  it('I1 delivers like a publisher over HTTP and returns the id', async () => {
    await using server = await start();
    await using stream = await server.subscribe(`topic=${topic}`);
    const { id } = await server.hub.publish({ topics: topic, data: 'hello', type: 't' });
    expect(await stream.next()).toEqual({ id, type: 't', data: 'hello' });
    expect(server.hub.lastEventId).toBe(id);
  });

  it.each([
    [{ topics: [] }, 'topic_missing'],
    [{ topics: '*' }, 'topic_invalid'],
    [{ topics: '/.well-known/mercure/x' }, 'topic_invalid'],
    [{ topics: 'a', id: 'x\ny' }, 'update_invalid'],
    [{ topics: 'a', type: '' }, 'update_invalid'],
    [{ topics: 'a', retry: -1 }, 'update_invalid'],
    [{ topics: 'a', data: '\ud800' }, 'update_invalid'],
    [{ topics: 'a', data: 'x'.repeat(101) }, 'update_too_large'],
    [{ topics: Array.from({ length: 101 }, (_, index) => `${index}`) }, 'update_too_large'],
  ])('I2 refuses %j with the code %s, and nothing is stored', async (draft, code) => {
    await using server = await start({ maxUpdateBytes: 100 });
    await expect(server.hub.publish(draft)).rejects.toMatchObject({ code });
    expect(server.hub.lastEventId).toBe('earliest');
  });

  it('I3 an ephemeral update is delivered live, is in no history and moves no cursor', async () => {
    await using server = await start();
    await using stream = await server.subscribe(`topic=${topic}`);
    const { id } = await server.hub.publish({ topics: topic, data: 'kept' });
    await server.hub.publish({ topics: topic, data: 'passing', ephemeral: true });
    await stream.next();
    expect(await stream.next()).toEqual({ data: 'passing' });
    expect(server.hub.lastEventId).toBe(id);

    await using later = await server.subscribe(`topic=${topic}&last_event_id=earliest`);
    await server.hub.publish({ topics: topic, data: 'end' });
    await later.nextMatching(event => event.data === 'end');
    expect(later.events.map(event => event.data)).toEqual(['kept', 'end']);
  });

  it('I3 an ephemeral private update goes to those only whose token covers it', async () => {
    await using server = await start();
    await using covered = await server.subscribe(`topic=${topic}`, await bearer([topic]));
    await using stranger = await server.subscribe(`topic=${topic}`);
    await server.hub.publish({ topics: topic, data: 'secret', private: true, ephemeral: true });
    await server.hub.publish({ topics: topic, data: 'end' });
    expect((await covered.next()).data).toBe('secret');
    expect((await stranger.next()).data).toBe('end');
  });
});

describe('streams', () => {
  it('L1 announces opening and ending, with the topics and the token’s payload', async () => {
    await using server = await start();
    const payload = { name: 'user1' };
    const stream = await server.subscribe('topic=a&match=b', await bearer(['*'], { payload }));
    const [opened] = server.changes;
    expect(opened).toEqual({ active: true, subscriberId: expect.any(String), topics: ['a', 'b'], payload });
    await stream.close();
    await server.ended(1);
    expect(server.changes).toEqual([opened, { ...opened, active: false }]);
  });

  it('L1 does not let a failing observer disturb the stream', async () => {
    await using server = await start({
      onSubscriptionChange: () => {
        throw new Error('from the observer');
      },
    });
    await using stream = await server.subscribe('topic=a');
    await server.hub.publish({ topics: 'a', data: 'still here' });
    expect((await stream.next()).data).toBe('still here');
  });

  it('L2 breaks silences with comments, without end', async () => {
    await using server = await start({ heartbeatIntervalMs: 20, retryMs: 777 });
    await using stream = await server.subscribe('topic=a');
    await stream.nextComment();
    await stream.nextComment();
    expect(stream.retryMs).toBe(777);
    expect(stream.headers['x-accel-buffering']).toBe('no');
  });

  it('L3 ends a stream after its longest life, for the client to come back', async () => {
    await using server = await start({ maxConnectionMs: 50 });
    await using stream = await server.subscribe('topic=a');
    expect(await stream.closed).toBe('ended');
  });

  it('L4 endStreams ends those that listen to exactly the topic, after what is queued', async () => {
    await using server = await start();
    await using listening = await server.subscribe('topic=a&topic=c');
    await using other = await server.subscribe('topic=b');
    await using everything = await server.subscribe('topic=*');
    await server.hub.publish({ topics: 'a', data: 'the last word' });
    server.hub.endStreams({ topic: 'a' });
    await server.hub.publish({ topics: ['a', 'b'], data: 'after' });
    expect(await listening.closed).toBe('ended');
    expect(listening.events.map(event => event.data)).toEqual(['the last word']);
    expect((await other.next()).data).toBe('after');
    await everything.nextMatching(event => event.data === 'after');
    expect(server.changes.filter(change => !change.active)).toHaveLength(1);
  });

  it('L5 cuts off a subscriber that does not read, disturbs no other, and lets it resume', async () => {
    const data = 'x'.repeat(64 * 1024);
    await using server = await start({ maxQueueBytesPerSubscriber: 256 * 1024 });
    await using stuck = await server.subscribe('topic=a');
    await using quick = await server.subscribe('topic=a');
    await server.hub.publish({ topics: 'a', data: 'begin' });
    const { id: cursor } = await stuck.next();
    stuck.pause();

    let published = 0;
    while (server.changes.every(change => change.active)) {
      const { id } = await server.hub.publish({ topics: 'a', data });
      published++;
      // Flow control of the test: the quick one has read this before the next is published.
      await quick.nextMatching(event => event.id === id);
    }
    stuck.resume();
    expect(await stuck.closed).toBe('broken');
    expect(server.changes.filter(change => !change.active)).toHaveLength(1);

    await using resumed = await server.subscribe('topic=a', { headers: { 'last-event-id': cursor ?? '' } });
    for (let count = 0; count < published; count++) expect((await resumed.next()).data).toBe(data);
  });

  it('L6 a history longer than the queue of a subscriber does not cut it off', async () => {
    const data = 'x'.repeat(64 * 1024);
    await using server = await start({ maxQueueBytesPerSubscriber: 128 * 1024 });
    for (let count = 0; count < 100; count++) await server.hub.publish({ topics: 'a', data });
    await using stream = await server.subscribe('topic=a&last_event_id=earliest');
    for (let count = 0; count < 100; count++) await stream.next();
    await server.hub.publish({ topics: 'a', data: 'live' });
    expect((await stream.next()).data).toBe('live');
  });

  it('L7 answers 429 with Retry-After when there are as many streams as it may have', async () => {
    await using server = await start({ maxConnections: 1 });
    const first = await server.subscribe('topic=a');
    const response = await fetch(`${server.endpoint}?topic=a`);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    expect(await response.json()).toMatchObject({ code: 'too_many_connections' });
    await first.close();
    await server.ended(1);
    await using _second = await server.subscribe('topic=a');
  });
});

describe('closing', () => {
  it('Y1 ends streams in good order, refuses what comes after, and may be repeated', async () => {
    await using server = await start();
    await using stream = await server.subscribe('topic=a');
    await server.hub.publish({ topics: 'a', data: 'the last word' });
    await Promise.all([server.hub.close(), server.hub.close()]);
    expect(await stream.closed).toBe('ended');
    expect(stream.events.map(event => event.data)).toEqual(['the last word']);
    expect(server.changes.at(-1)?.active).toBe(false);

    const response = await fetch(`${server.endpoint}?topic=a`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
    await expect(server.hub.publish({ topics: 'a' })).rejects.toMatchObject({ code: 'hub_closed' });
  });

  it('Y2 tells the clients of a closing hub to come back one after the other', async () => {
    await using server = await start({ retryMs: 500 });
    const streams = await Promise.all(Array.from({ length: 5 }, () => server.subscribe('topic=a')));
    await server.hub.close();
    for (const stream of streams) expect(await stream.closed).toBe('ended');
    expect(streams.map(({ retryMs }) => retryMs).sort()).toEqual([500, 501, 502, 503, 504]);
  });
});

describe('mounting', () => {
  it('T5 leaves other paths to the next handler, and answers 404 where there is none', async () => {
    const hub: Hub = createHub({ publisherKey: { secret }, subscriberKey: { secret } });
    await using mounted = await listen(
      createServer((request, response) =>
        hub.handler(request, response, () => response.end('the application')),
      ),
    );
    expect(await (await fetch(`${mounted.url}/other`)).text()).toBe('the application');
    expect(await (await fetch(`${mounted.url}/healthz`)).text()).toBe('ok\n');

    await using alone = await listen(hub.handler);
    for (const path of ['/', '/.well-known/mercure/x', '/constructor', '/__proto__']) {
      expect((await fetch(alone.url + path)).status).toBe(404);
    }
    await hub.close();
  });

  it('T6 says so when a body parser came first', async () => {
    await using server = await start();
    await using mounted = await listen(async (request, response) => {
      for await (const _chunk of request);
      server.hub.handler(request, response);
    });
    const response = await fetch(`${mounted.url}/.well-known/mercure`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await mintClaimToken({ secret, publish: ['*'] })}` },
      body: new URLSearchParams({ topic: 'a' }),
    });
    expect(await response.json()).toMatchObject({ status: 500, code: 'body_consumed' });
  });
});

describe('CORS', () => {
  const origin = 'https://app.example';

  it('R1 lets listed origins use and read it, with credentials', async () => {
    await using server = await start({ corsOrigins: [origin] });
    const preflight = await fetch(server.endpoint, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Authorization.*Last-Event-ID/);
    await using stream = await server.subscribe('topic=a', { headers: { origin } });
    expect(stream.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': expect.stringMatching(/Mercure-Last-Event-ID, Last-Event-ID/),
      vary: 'Origin',
    });
  });

  it('R2 tells other origins nothing, also not in refusals', async () => {
    await using server = await start({ corsOrigins: [origin] });
    const headers = { origin: 'https://evil.example' };
    for (const query of ['topic=a', '']) {
      const response = await fetch(`${server.endpoint}?${query}`, { method: 'HEAD', headers });
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
      expect(response.headers.get('vary')).toBe('Origin');
    }
  });
});
