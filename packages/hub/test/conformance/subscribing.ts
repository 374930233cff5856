import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ConformanceClient } from './client.ts';

export function describeSubscribing(client: ConformanceClient): void {
  const { hub, endpoint, newTopic, publish, subscribe, subscriptionUrl, parameter, speaks } = client;
  describe('subscribing', () => {
    it('S1 opens an event stream that no intermediary buffers, transforms or stores', async () => {
      await using stream = await subscribe({ [parameter]: newTopic() });
      expect(stream.headers['content-type']).toMatch(/^text\/event-stream/);
      expect(stream.headers['cache-control']).toMatch(/no-store/);
    });

    const ofOld = speaks('0.x') ? ['topic'] : [];
    const ofStandard = speaks('1.0') ? ['match', 'match_exact'] : [];
    it.each([...ofOld, ...ofStandard])('S2 %s selects a topic byte for byte', async name => {
      const topic = newTopic();
      await using stream = await subscribe({ [name]: topic });
      await publish({ topic: `${topic}/`, data: 'longer' });
      await publish({ topic: topic.toUpperCase(), data: 'upper case' });
      await publish({ topic, data: 'this one', id: `urn:x:${topic}` });
      expect(await stream.next()).toEqual({ data: 'this one', id: `urn:x:${topic}` });
    });

    it('S2 takes several parameters, of both generations where it speaks both', async () => {
      const [first, second, third, other] = [newTopic(), newTopic(), newTopic(), newTopic()];
      const alike = { [parameter]: [first, second, third] };
      const mixed = { topic: [first, second], match: third };
      await using stream = await subscribe(speaks('0.x') && speaks('1.0') ? mixed : alike);
      for (const topic of [other, third, second, first]) await publish({ topic, data: topic });
      const received = [await stream.next(), await stream.next(), await stream.next()];
      expect(received.map(event => event.data)).toEqual([third, second, first]);
    });

    it('S3 the value * selects every topic, whatever the parameter', async () => {
      for (const name of [...ofOld, ...ofStandard, ...(speaks('1.0') ? ['match_urlpattern'] : [])]) {
        await using stream = await subscribe({ [name]: '*' });
        const topic = newTopic();
        await publish({ topic, data: topic });
        await stream.nextMatching(event => event.data === topic);
      }
    });

    if (speaks('0.x')) {
      it('S4 topic is a URI template where it has expressions', async () => {
        const base = newTopic();
        await using templated = await subscribe({ topic: `${base}/{chapter}` });
        await publish({ topic: `${base}/1/notes`, data: 'deeper' });
        await publish({ topic: `${base}/1`, data: 'a chapter' });
        await publish({ topic: `${base}/{chapter}`, data: 'the template itself' });
        expect((await templated.next()).data).toBe('a chapter');
        expect((await templated.next()).data).toBe('the template itself');
      });
    }

    if (speaks('1.0')) {
      it('S4 match is no URI template', async () => {
        const base = newTopic();
        await using exact = await subscribe({ match: `${base}/{chapter}` });
        await publish({ topic: `${base}/1`, data: 'a chapter' });
        await publish({ topic: `${base}/{chapter}`, data: 'the template itself' });
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
    }

    it('S10 QUERY takes parameters from the body beside those of the URL, and the cursor of the URL first', async () => {
      const [inUrl, inBody] = [newTopic(), newTopic()];
      const id = await (await publish({ topic: inUrl, data: '1' })).text();
      await publish({ topic: inBody, data: '2' });
      const response = await fetch(subscriptionUrl({ [parameter]: inUrl, last_event_id: id }), {
        method: 'QUERY',
        headers: { authorization: `Bearer ${await hub().mintSubscriberToken(['*'])}` },
        body: new URLSearchParams({ [parameter]: inBody, last_event_id: 'earliest' }),
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
      expect(await query(`${parameter}=%FF`, form)).toBe(400);
      expect(await query('{"match":"a"}', 'application/json')).toBe(415);
      expect(await query(`${parameter}=a&x=${'x'.repeat(8 * 1024 * 1024)}`, form)).toBe(413);
    });

    const ofPatterns: [title: string, query: string][] = [
      ['V2 a malformed URL pattern', 'match_urlpattern=/%7Ba'],
      ['V3 a URL pattern that looks ahead', `match_urlpattern=${encodeURIComponent('/(a(?=b))')}`],
    ];
    it.each([
      ...(speaks('1.0') ? ofPatterns : []),
      ['S5 no topic', ''],
      ['S5 an empty topic', `${parameter}=`],
      ['S6 an unknown matcher type', 'match_regexp=a'],
      ['S6 a matcher in the wrong case', 'Match=a'],
      ['S7 a control character', `${parameter}=a%0Ab`],
      ['S7 an invisible format character', `${parameter}=a%E2%80%8Bb`],
      ['S7 broken UTF-8', `${parameter}=%FF`],
      ['S8 a matcher that is too long', `${parameter}=${'a'.repeat(5_000)}`],
      ['S8 too many matchers', Array.from({ length: 200 }, (_, index) => `${parameter}=${index}`).join('&')],
    ])('%s is answered with 400', async (_title, query) => {
      const authorization = `Bearer ${await hub().mintSubscriberToken(['*'])}`;
      const response = await fetch(`${endpoint()}?${query}`, { headers: { authorization } });
      expect(response.status).toBe(400);
      expect(await response.text()).not.toBe('');
    });

    it('S9 HEAD tells the headers and opens nothing', async () => {
      const authorization = `Bearer ${await hub().mintSubscriberToken(['*'])}`;
      const response = await fetch(subscriptionUrl({ [parameter]: 'a' }), {
        method: 'HEAD',
        headers: { authorization },
      });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    });
  });
}
