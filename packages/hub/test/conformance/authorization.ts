import { randomUUID } from 'node:crypto';
import { openEventStream } from '@cahier/testing';
import { describe, expect, it } from 'vitest';
import type { ConformanceClient } from './client.ts';

export function describeAuthorization(client: ConformanceClient): void {
  const {
    hub,
    endpoint,
    newTopic,
    publish,
    subscribe,
    subscriptionUrl,
    expectNothingBefore,
    parameter,
    speaks,
  } = client;
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
      const forged = Buffer.from('{"mercure":{"subscribe":["*"],"payload":"forged"}}').toString('base64url');
      for (const bad of [`${header}.${forged}.${signature}`, 'nonsense', 'a.b.c']) {
        const response = await fetch(subscriptionUrl({ [parameter]: 'a' }), {
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
        const response = await fetch(subscriptionUrl({ [parameter]: 'a' }), {
          headers: { authorization: `Bearer ${token}` },
        });
        expect(response.status).toBe(401);
      }
    });

    it('A4 publishing outside the token is answered with 403 and insufficient_scope, and nothing is sent', async () => {
      const [allowed, other] = [newTopic(), newTopic()];
      await using stream = await subscribe({ [parameter]: [allowed, other] });
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
      await using covered = await subscribe({ [parameter]: topic }, { token: await tokenFor(topic) });
      await using coveredByAlternate = await subscribe(
        { [parameter]: topic },
        { token: await tokenFor(alternate) },
      );
      await using uncovered = await subscribe({ [parameter]: topic }, { token: await tokenFor(newTopic()) });
      await publish({ topic: [topic, alternate], data: 'secret', private: 'on' });
      expect((await covered.next()).data).toBe('secret');
      expect((await coveredByAlternate.next()).data).toBe('secret');
      await expectNothingBefore(uncovered, topic);
    });

    const example = 'https://example.net/foo';
    const ofOld = [['topic', `${example}/`, `${example}/{id}`]];
    const ofStandard = [
      ['match', '', ''],
      ['match', `${example}/`, ''],
      ['match_urlpattern', `${example}/`, `${example}/:id`],
      ['match_urlpattern', '/foo/', '/foo/:id'],
    ];
    it.each([...(speaks('0.x') ? ofOld : []), ...(speaks('1.0') ? ofStandard : [])])(
      'A5 a subscription by %s to topics under "%s" gets public updates, and private ones by its token only',
      async (name = '', prefix = '', pattern = '') => {
        const [topic, other] = [prefix + randomUUID(), `elsewhere/${randomUUID()}`];
        const token = await hub().mintSubscriberToken([newTopic()]);
        await using stream = await subscribe({ [name]: pattern || topic }, { token });
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
        { [parameter]: topic },
        { token: await hub().mintSubscriberToken([newTopic()]) },
      );
      for (const value of ['', 'off', 'false', '0']) await publish({ topic, data: 'secret', private: value });
      await expectNothingBefore(uncovered, topic);
    });

    it('A6 a stream ends when its token expires, in good order', async () => {
      // Counted in whole seconds, of which the first may be nearly over.
      const token = await hub().mintSubscriberToken(['*'], 2);
      await using stream = await subscribe({ [parameter]: newTopic() }, { token });
      expect(await stream.closed).toBe('ended');
      const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
      expect(Date.now()).toBeGreaterThanOrEqual(exp * 1000);
    });

    it('A7 without a token, a subscriber is refused or gets public updates only', async () => {
      const topic = newTopic();
      const response = await fetch(subscriptionUrl({ [parameter]: topic }), { method: 'HEAD' });
      if (!hub().anonymous) {
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toMatch(/^Bearer\b(?!.*error=)/);
        return;
      }
      await using stream = await openEventStream(subscriptionUrl({ [parameter]: topic }));
      await publish({ topic, data: 'secret', private: 'on' });
      await expectNothingBefore(stream, topic);
    });

    it('A8 malformed Bearer credentials are answered with 400 and invalid_request', async () => {
      const response = await fetch(subscriptionUrl({ [parameter]: 'a' }), {
        headers: { authorization: 'Bearer one two' },
      });
      expect(response.status).toBe(400);
      expect(response.headers.get('www-authenticate')).toMatch(/error="invalid_request"/);
    });
  });
}
