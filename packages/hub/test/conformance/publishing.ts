import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ConformanceClient } from './client.ts';

export function describePublishing(client: ConformanceClient): void {
  const { hub, endpoint, newTopic, publish, subscribe, expectNothingBefore, parameter } = client;
  describe('publishing', () => {
    it('P1 answers 200 with the id, and delivers it with the data', async () => {
      const topic = newTopic();
      await using stream = await subscribe({ [parameter]: topic });
      const response = await publish({ topic, data: 'hello' });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      const id = await response.text();
      expect(id).toMatch(/^(urn:uuid:|#)/);
      expect(await stream.next()).toEqual({ id, data: 'hello' });
    });

    it('P2 delivers id, type and retry as they were given', async () => {
      const topic = newTopic();
      await using stream = await subscribe({ [parameter]: topic });
      const id = `urn:x:${randomUUID()}`;
      expect(await (await publish({ topic, data: 'x', id, type: 'greet', retry: '1234' })).text()).toBe(id);
      expect(await stream.next()).toEqual({ id, type: 'greet', data: 'x' });
      expect(stream.retryMs).toBe(1234);
    });

    it('P3 delivers once to whoever listens to any of its topics', async () => {
      const [canonical, alternate] = [newTopic(), newTopic()];
      await using one = await subscribe({ [parameter]: alternate });
      await using both = await subscribe({ [parameter]: [canonical, alternate] });
      await publish({ topic: [canonical, alternate], data: 'to all' });
      expect((await one.next()).data).toBe('to all');
      expect((await both.next()).data).toBe('to all');
      await expectNothingBefore(both, canonical);
    });

    it('P4 keeps line breaks inside the data, where they cannot forge fields', async () => {
      const topic = newTopic();
      await using stream = await subscribe({ [parameter]: topic });
      await publish({ topic, data: 'a\nevent: forged\r\nid: forged\rdata\n\nz' });
      const event = await stream.next();
      expect(event.data).toBe('a\nevent: forged\nid: forged\ndata\n\nz');
      expect(event.type).toBeUndefined();
    });

    it('P4 delivers an empty update', async () => {
      const topic = newTopic();
      await using stream = await subscribe({ [parameter]: topic });
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
    ] as [string, Record<string, string | string[]>][])('%s is answered with 400', async (_title, fields) => {
      const response = await publish(fields);
      expect(response.status).toBe(400);
      expect(await response.text()).not.toBe('');
    });

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
}
