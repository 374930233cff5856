import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { type EventStream, openEventStream } from '@cahier/testing';
import { describe, expect, it } from 'vitest';

/** What the suite needs to know of the hub it is aimed at; everything goes over HTTP. */
export interface HubUnderTest {
  /** The hub's origin and path prefix, without `/.well-known/mercure`. */
  readonly url: string;
  /** Tokens of one generation: for publishing on, and subscribing to, topics byte for byte, or all with `*`. */
  mintPublisherToken(topics: readonly string[]): Promise<string>;
  mintSubscriberToken(topics: readonly string[], lifetimeS?: number): Promise<string>;
  /** The hub lets subscribers without a token in. */
  readonly anonymous: boolean;
}

/**
 * The protocol as a client sees it: runs against a mounted hub, one behind a proxy, or somebody else's. The numbers in
 * the titles are the rules of SPEC.md.
 *
 * @param hub - called when the tests run, so that a server may be started first
 */
export function describeConformance(name: string, hub: () => HubUnderTest): void {
  const endpoint = () => `${hub().url}/.well-known/mercure`;
  const newTopic = () => `https://example.com/books/${randomUUID()}`;

  async function publish(fields: Record<string, string | string[]>, token?: string): Promise<Response> {
    const body = new URLSearchParams();
    for (const [field, values] of Object.entries(fields))
      for (const value of [values].flat()) body.append(field, value);
    const authorization = `Bearer ${token ?? (await hub().mintPublisherToken(['*']))}`;
    return fetch(endpoint(), { method: 'POST', body, headers: { authorization } });
  }

  async function subscribe(
    parameters: Record<string, string | string[]>,
    { token, headers = {} }: { token?: string; headers?: Record<string, string> } = {},
  ): Promise<EventStream> {
    const bearer = token ?? (await hub().mintSubscriberToken(['*']));
    return openEventStream(subscriptionUrl(parameters), {
      headers: { authorization: `Bearer ${bearer}`, ...headers },
    });
  }

  function subscriptionUrl(parameters: Record<string, string | string[]>): URL {
    const url = new URL(endpoint());
    for (const [field, values] of Object.entries(parameters)) {
      for (const value of [values].flat()) url.searchParams.append(field, value);
    }
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

  describe(name, () => {
    describe('subscribing', () => {
      it('S1 opens an event stream that no intermediary buffers, transforms or stores', async () => {
        await using stream = await subscribe({ topic: newTopic() });
        expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
        expect(stream.headers['cache-control']).toMatch(/no-store/);
      });

      it.each(['topic', 'match', 'match_exact'])('S2 %s selects a topic byte for byte', async parameter => {
        const topic = newTopic();
        await using stream = await subscribe({ [parameter]: topic });
        await publish({ topic: `${topic}/`, data: 'longer' });
        await publish({ topic: topic.toUpperCase(), data: 'upper case' });
        await publish({ topic, data: 'this one', id: `urn:x:${topic}` });
        expect(await stream.next()).toEqual({ data: 'this one', id: `urn:x:${topic}` });
      });

      it('S2 takes several parameters of both generations together', async () => {
        const [first, second, third, other] = [newTopic(), newTopic(), newTopic(), newTopic()];
        await using stream = await subscribe({ topic: [first, second], match: third });
        for (const topic of [other, third, second, first]) await publish({ topic, data: topic });
        const received = [await stream.next(), await stream.next(), await stream.next()];
        expect(received.map(event => event.data)).toEqual([third, second, first]);
      });

      it('S3 the value * selects every topic, whatever the parameter', async () => {
        for (const parameter of ['topic', 'match', 'match_urlpattern']) {
          await using stream = await subscribe({ [parameter]: '*' });
          const topic = newTopic();
          await publish({ topic, data: topic });
          await stream.nextMatching(event => event.data === topic);
        }
      });

      it('S4 topic is a URI template where it has expressions; match never is', async () => {
        const base = newTopic();
        await using templated = await subscribe({ topic: `${base}/{chapter}` });
        await using exact = await subscribe({ match: `${base}/{chapter}` });
        await publish({ topic: `${base}/1/notes`, data: 'deeper' });
        await publish({ topic: `${base}/1`, data: 'a chapter' });
        await publish({ topic: `${base}/{chapter}`, data: 'the template itself' });
        expect((await templated.next()).data).toBe('a chapter');
        expect((await templated.next()).data).toBe('the template itself');
        expect((await exact.next()).data).toBe('the template itself');
      });

      it('V1 match_urlpattern selects by URL pattern, relative ones against the hub', async () => {
        const base = newTopic();
        await using absolute = await subscribe({ match_urlpattern: `${base}/:chapter(\\d+){.:format}?` });
        await using relative = await subscribe({ match_urlpattern: '/chapters/:chapter' });
        const id = randomUUID();
        for (const topic of [`${base}/x`, `${base}/1/2`, `${base}/12.html`])
          await publish({ topic, data: topic });
        await publish({ topic: `https://elsewhere.example/chapters/${id}`, data: 'elsewhere' });
        await publish({ topic: `/chapters/${id}`, data: id });
        expect((await absolute.next()).data).toBe(`${base}/12.html`);
        await relative.nextMatching(event => event.data === id);
        expect(relative.events.map(event => event.data)).not.toContain('elsewhere');
      });

      it('S10 QUERY takes parameters from the body beside those of the URL, and the cursor of the URL first', async () => {
        const [inUrl, inBody] = [newTopic(), newTopic()];
        const id = await (await publish({ topic: inUrl, data: '1' })).text();
        await publish({ topic: inBody, data: '2' });
        const response = await fetch(subscriptionUrl({ match: inUrl, last_event_id: id }), {
          method: 'QUERY',
          headers: { authorization: `Bearer ${await hub().mintSubscriberToken(['*'])}` },
          body: new URLSearchParams({ match: inBody, last_event_id: 'earliest' }),
        });
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
        expect(response.headers.get('mercure-last-event-id')).toBe(id);
        const decoder = new TextDecoder();
        let text = '';
        for await (const bytes of response.body ?? []) {
          text += decoder.decode(bytes, { stream: true });
          if (text.includes('data: ')) break;
        }
        expect(text).toMatch(/^data: 2$/m);
      });

      it('S10 QUERY refuses what GET refuses, and other media types', async () => {
        const query = async (body: string, type: string) => {
          const headers = {
            authorization: `Bearer ${await hub().mintSubscriberToken(['*'])}`,
            'content-type': type,
          };
          return (await fetch(endpoint(), { method: 'QUERY', headers, body })).status;
        };
        const form = 'application/x-www-form-urlencoded';
        expect(await query('', form)).toBe(400);
        expect(await query('match_regexp=a', form)).toBe(400);
        expect(await query('match=%FF', form)).toBe(400);
        expect(await query('{"match":"a"}', 'application/json')).toBe(415);
        expect(await query(`match=a&x=${'x'.repeat(8 * 1024 * 1024)}`, form)).toBe(413);
      });

      it.each([
        ['V2 a malformed URL pattern', 'match_urlpattern=/%7Ba'],
        ['V3 a URL pattern that looks ahead', `match_urlpattern=${encodeURIComponent('/(a(?=b))')}`],
        ['S5 no topic', ''],
        ['S5 an empty topic', 'topic='],
        ['S6 an unknown matcher type', 'match_regexp=a'],
        ['S6 a matcher in the wrong case', 'Match=a'],
        ['S7 a control character', 'match=a%0Ab'],
        ['S7 an invisible format character', 'match=a%E2%80%8Bb'],
        ['S7 broken UTF-8', 'match=%FF'],
        ['S8 a matcher that is too long', `match=${'a'.repeat(5_000)}`],
        ['S8 too many matchers', Array.from({ length: 200 }, (_, index) => `match=${index}`).join('&')],
      ])('%s is answered with 400', async (_title, query) => {
        const authorization = `Bearer ${await hub().mintSubscriberToken(['*'])}`;
        const response = await fetch(`${endpoint()}?${query}`, { headers: { authorization } });
        expect(response.status).toBe(400);
        expect(await response.text()).not.toBe('');
      });

      it('S9 HEAD tells the headers and opens nothing', async () => {
        const authorization = `Bearer ${await hub().mintSubscriberToken(['*'])}`;
        const response = await fetch(subscriptionUrl({ topic: 'a' }), {
          method: 'HEAD',
          headers: { authorization },
        });
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      });
    });

    describe('publishing', () => {
      it('P1 answers 200 with the id, and delivers it with the data', async () => {
        const topic = newTopic();
        await using stream = await subscribe({ topic });
        const response = await publish({ topic, data: 'hello' });
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
        const id = await response.text();
        expect(id).toMatch(/^(urn:uuid:|#)/);
        expect(await stream.next()).toEqual({ id, data: 'hello' });
      });

      it('P2 delivers id, type and retry as they were given', async () => {
        const topic = newTopic();
        await using stream = await subscribe({ topic });
        const id = `urn:x:${randomUUID()}`;
        expect(await (await publish({ topic, data: 'x', id, type: 'greet', retry: '1234' })).text()).toBe(id);
        expect(await stream.next()).toEqual({ id, type: 'greet', data: 'x' });
        expect(stream.retryMs).toBe(1234);
      });

      it('P3 delivers once to whoever listens to any of its topics', async () => {
        const [canonical, alternate] = [newTopic(), newTopic()];
        await using one = await subscribe({ topic: alternate });
        await using both = await subscribe({ topic: [canonical, alternate] });
        await publish({ topic: [canonical, alternate], data: 'to all' });
        expect((await one.next()).data).toBe('to all');
        expect((await both.next()).data).toBe('to all');
        await expectNothingBefore(both, canonical);
      });

      it('P4 keeps line breaks inside the data, where they cannot forge fields', async () => {
        const topic = newTopic();
        await using stream = await subscribe({ topic });
        await publish({ topic, data: 'a\nevent: forged\r\nid: forged\rdata\n\nz' });
        const event = await stream.next();
        expect(event.data).toBe('a\nevent: forged\nid: forged\ndata\n\nz');
        expect(event.type).toBeUndefined();
      });

      it('P4 delivers an empty update', async () => {
        const topic = newTopic();
        await using stream = await subscribe({ topic });
        await publish({ topic });
        expect((await stream.next()).data).toBe('');
      });

      it.each([
        ['P5 no topic', { data: 'x' }],
        ['P5 an empty topic', { topic: '' }],
        ['P5 the topic *', { topic: '*' }],
        ['P5 a topic with a line break', { topic: 'a\nb' }],
        ['P5 a topic with an invisible character', { topic: 'a\u200bb' }],
        ['P6 a reserved topic', { topic: '/.well-known/mercure/subscriptions' }],
        ['P6 a reserved topic with an origin', { topic: 'https://example.com/.well-known/mercure' }],
        ['P6 a reserved topic in disguise', { topic: '/x/../.well-known/%6Dercure/a' }],
        ['P6 a reserved alternate topic', { topic: ['a', '/.well-known/mercure/a'] }],
        ['P7 an id with a line break', { topic: 'a', id: 'x\nevent: forged' }],
        ['P7 an id with a carriage return', { topic: 'a', id: 'x\rdata: forged' }],
        ['P7 an id with NUL', { topic: 'a', id: 'x\0' }],
        ['P7 an id that begins with #', { topic: 'a', id: '#1' }],
        ['P7 the id earliest', { topic: 'a', id: 'earliest' }],
        ['P8 a type with a line break', { topic: 'a', type: 'x\ndata: forged' }],
        ['P8 the type mercure', { topic: 'a', type: 'mercure' }],
        ['P9 a retry that is no number', { topic: 'a', retry: '1s' }],
        ['P9 a negative retry', { topic: 'a', retry: '-1' }],
      ] as [string, Record<string, string | string[]>][])(
        '%s is answered with 400',
        async (_title, fields) => {
          const response = await publish(fields);
          expect(response.status).toBe(400);
          expect(await response.text()).not.toBe('');
        },
      );

      it('P10 ignores fields it does not know', async () => {
        expect((await publish({ topic: newTopic(), colour: 'blue' })).status).toBe(200);
      });

      it('P11 answers 413 to a body that is too large', async () => {
        const response = await publish({ topic: newTopic(), data: 'x'.repeat(8 * 1024 * 1024) });
        expect(response.status).toBe(413);
      });

      it('P12 takes form encoding only', async () => {
        const authorization = `Bearer ${await hub().mintPublisherToken(['*'])}`;
        const response = await fetch(endpoint(), {
          method: 'POST',
          body: '{"topic":"a"}',
          headers: { authorization, 'content-type': 'application/json' },
        });
        expect(response.status).toBe(415);
      });
    });

    describe('authorization', () => {
      it('A1 publishing without a token is answered with 401 and a bare challenge', async () => {
        const response = await fetch(endpoint(), {
          method: 'POST',
          body: new URLSearchParams({ topic: 'a' }),
        });
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toMatch(/^Bearer\b(?!.*error=)/);
      });

      it('A2 a token that does not verify is answered with 401 and invalid_token', async () => {
        const token = await hub().mintSubscriberToken(['*']);
        const [header, , signature] = token.split('.');
        const forged = Buffer.from('{"mercure":{"subscribe":["*"],"payload":"forged"}}').toString(
          'base64url',
        );
        for (const bad of [`${header}.${forged}.${signature}`, 'nonsense', 'a.b.c']) {
          const response = await fetch(subscriptionUrl({ topic: 'a' }), {
            headers: { authorization: `Bearer ${bad}` },
          });
          expect(response.status).toBe(401);
          expect(response.headers.get('www-authenticate')).toMatch(/error="invalid_token"/);
        }
      });

      it('A3 alg none is refused', async () => {
        const [, claims] = (await hub().mintSubscriberToken(['*'])).split('.');
        for (const header of ['{"alg":"none","typ":"at+jwt"}', '{"alg":"none"}']) {
          const token = `${Buffer.from(header).toString('base64url')}.${claims}.`;
          const response = await fetch(subscriptionUrl({ topic: 'a' }), {
            headers: { authorization: `Bearer ${token}` },
          });
          expect(response.status).toBe(401);
        }
      });

      it('A4 publishing outside the token is answered with 403 and insufficient_scope, and nothing is sent', async () => {
        const [allowed, other] = [newTopic(), newTopic()];
        await using stream = await subscribe({ topic: [allowed, other] });
        const token = await hub().mintPublisherToken([allowed]);
        for (const topic of [[other], [allowed, other]]) {
          const response = await publish({ topic, data: 'forbidden' }, token);
          expect(response.status).toBe(403);
          expect(response.headers.get('www-authenticate')).toMatch(/error="insufficient_scope"/);
        }
        await expectNothingBefore(stream, allowed);
      });

      it('A5 a private update reaches only those whose token covers one of its topics', async () => {
        const [topic, alternate] = [newTopic(), newTopic()];
        const tokenFor = (...topics: string[]) => hub().mintSubscriberToken(topics);
        await using covered = await subscribe({ topic }, { token: await tokenFor(topic) });
        await using coveredByAlternate = await subscribe({ topic }, { token: await tokenFor(alternate) });
        await using uncovered = await subscribe({ topic }, { token: await tokenFor(newTopic()) });
        await publish({ topic: [topic, alternate], data: 'secret', private: 'on' });
        expect((await covered.next()).data).toBe('secret');
        expect((await coveredByAlternate.next()).data).toBe('secret');
        await expectNothingBefore(uncovered, topic);
      });

      const example = 'https://example.net/foo';
      it.each([
        ['match', '', ''],
        ['match', `${example}/`, ''],
        ['match_urlpattern', `${example}/`, `${example}/:id`],
        ['match_urlpattern', '/foo/', '/foo/:id'],
        ['topic', `${example}/`, `${example}/{id}`],
      ])(
        'A5 a subscription by %s to topics under "%s" gets public updates, and private ones by its token only',
        async (parameter, prefix, pattern) => {
          const [topic, other] = [prefix + randomUUID(), `elsewhere/${randomUUID()}`];
          const token = await hub().mintSubscriberToken([newTopic()]);
          await using stream = await subscribe({ [parameter]: pattern || topic }, { token });
          await publish({ topic: other, data: 'of another topic' });
          await publish({ topic, data: 'secret', private: 'on' });
          const [id, data] = [`id-["${topic}"]`, 'data for\n\n        the test'];
          expect(await (await publish({ topic, data, id })).text()).toBe(id);
          const received = await stream.nextMatching(event => event.id === id || event.data === 'secret');
          expect(received).toEqual({ id, data });
        },
      );

      it('A5 private is meant by its presence, whatever its value', async () => {
        const topic = newTopic();
        await using uncovered = await subscribe(
          { topic },
          { token: await hub().mintSubscriberToken([newTopic()]) },
        );
        for (const value of ['', 'off', 'false', '0'])
          await publish({ topic, data: 'secret', private: value });
        await expectNothingBefore(uncovered, topic);
      });

      it('A6 a stream ends when its token expires, in good order', async () => {
        const token = await hub().mintSubscriberToken(['*'], 1);
        await using stream = await subscribe({ topic: newTopic() }, { token });
        expect(await stream.closed).toBe('ended');
        const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
        expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
      });

      it('A7 without a token, a subscriber is refused or gets public updates only', async () => {
        const topic = newTopic();
        const response = await fetch(subscriptionUrl({ topic }), { method: 'HEAD' });
        if (!hub().anonymous) {
          expect(response.status).toBe(401);
          expect(response.headers.get('www-authenticate')).toMatch(/^Bearer\b(?!.*error=)/);
          return;
        }
        await using stream = await openEventStream(subscriptionUrl({ topic }));
        await publish({ topic, data: 'secret', private: 'on' });
        await expectNothingBefore(stream, topic);
      });

      it('A8 malformed Bearer credentials are answered with 400 and invalid_request', async () => {
        const response = await fetch(subscriptionUrl({ topic: 'a' }), {
          headers: { authorization: 'Bearer one two' },
        });
        expect(response.status).toBe(400);
        expect(response.headers.get('www-authenticate')).toMatch(/error="invalid_request"/);
      });
    });

    describe('history', () => {
      const cursors: [string, (id: string) => [Record<string, string>, Record<string, string>]][] = [
        ['the Last-Event-ID header', id => [{}, { 'last-event-id': id }]],
        ['last_event_id', id => [{ last_event_id: id }, {}]],
        ['lastEventID', id => [{ lastEventID: id }, {}]],
        ['the Last-Event-ID parameter', id => [{ 'Last-Event-ID': id }, {}]],
        ['the header rather than a parameter', id => [{ last_event_id: 'x' }, { 'last-event-id': id }]],
      ];
      it.each(cursors)('H1 resumes after the event named by %s', async (_title, cursor) => {
        const topic = newTopic();
        await publish({ topic, data: '1' });
        const id = await (await publish({ topic, data: '2' })).text();
        await publish({ topic: newTopic(), data: 'not asked for' });
        await publish({ topic, data: '3' });
        const [parameters, headers] = cursor(id);
        await using stream = await subscribe({ topic, ...parameters }, { headers });
        await publish({ topic, data: '4' });
        expect([await stream.next(), await stream.next()].map(event => event.data)).toEqual(['3', '4']);
        expect(stream.headers['mercure-last-event-id']).toBe(id);
        expect(stream.headers['last-event-id']).toBe(id);
      });

      it('H2 earliest replays everything there is', async () => {
        const topic = newTopic();
        for (const data of ['1', '2', '3']) await publish({ topic, data });
        await using stream = await subscribe({ topic, last_event_id: 'earliest' });
        const received = [await stream.next(), await stream.next(), await stream.next()];
        expect(received.map(event => event.data)).toEqual(['1', '2', '3']);
        expect(stream.headers['mercure-last-event-id']).toBe('earliest');
      });

      it('H3 an unknown id is answered with earliest, by which the client sees the loss', async () => {
        const topic = newTopic();
        await using stream = await subscribe({ topic, last_event_id: `urn:uuid:${randomUUID()}` });
        expect(stream.headers['mercure-last-event-id']).toBe('earliest');
        expect(stream.headers['last-event-id']).toBe('earliest');
      });

      it('H4 private events of the past are authorized like those of the present', async () => {
        const topic = newTopic();
        const id = await (await publish({ topic, data: 'start' })).text();
        await publish({ topic, data: 'secret', private: 'on' });
        await publish({ topic, data: 'public' });
        const token = await hub().mintSubscriberToken([newTopic()]);
        await using stream = await subscribe({ topic, last_event_id: id }, { token });
        expect((await stream.next()).data).toBe('public');
      });

      it('H5 between history and live nothing is missing and nothing comes twice', async () => {
        const topic = newTopic();
        const token = await hub().mintPublisherToken(['*']);
        const start = await (await publish({ topic, data: 'start' }, token)).text();
        const published: string[] = [];
        const publishMore = async (count: number) => {
          for (let index = 0; index < count; index++) {
            const data = String(published.length);
            published.push(data);
            await publish({ topic, data }, token);
          }
        };
        await publishMore(150);
        const publishing = publishMore(100);
        await using stream = await subscribe({ topic, last_event_id: start });
        await publishing;
        await stream.nextMatching(event => event.data === published.at(-1));
        expect(stream.events.map(event => event.data)).toEqual(published);
      });

      it('H6 ids beyond ASCII survive the header', async () => {
        const topic = newTopic();
        const id = `urn:x:é✓${randomUUID()}`;
        await publish({ topic, data: '1', id });
        await publish({ topic, data: '2' });
        const headers = { 'last-event-id': Buffer.from(id).toString('latin1') };
        await using stream = await subscribe({ topic }, { headers });
        expect((await stream.next()).data).toBe('2');
        expect(Buffer.from(String(stream.headers['mercure-last-event-id']), 'latin1').toString()).toBe(id);
      });
    });

    describe('HTTP', () => {
      it('T1 refuses other methods with 405 and says which there are', async () => {
        for (const method of ['PUT', 'DELETE', 'PATCH']) {
          const response = await fetch(endpoint(), { method });
          expect(response.status).toBe(405);
          expect(response.headers.get('allow')).toMatch(/GET.*POST/);
        }
      });

      it('T2 answers OPTIONS', async () => {
        const response = await fetch(endpoint(), { method: 'OPTIONS' });
        expect(response.status).toBe(204);
      });

      it('T3 is healthy', async () => {
        expect((await fetch(`${hub().url}/healthz`)).status).toBe(200);
      });

      it('T4 a client that gives up in the middle of a body does no harm', async () => {
        const token = await hub().mintPublisherToken(['*']);
        await new Promise<void>(resolve => {
          const sending = request(endpoint(), {
            method: 'POST',
            headers: {
              authorization: `Bearer ${token}`,
              'content-type': 'application/x-www-form-urlencoded',
              'content-length': '1000',
            },
          });
          sending.on('error', () => {}).on('close', resolve);
          sending.write('topic=a&data=', () => sending.destroy());
        });
        expect((await publish({ topic: newTopic() }, token)).status).toBe(200);
      });
    });
  });
}
