import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ConformanceClient } from './client.ts';

export function describeHistory(client: ConformanceClient): void {
  const { hub, newTopic, publish, subscribe, parameter, speaks } = client;
  describe('history', () => {
    const cursors: [string, (id: string) => [Record<string, string>, Record<string, string>]][] = [
      ['the Last-Event-ID header', id => [{}, { 'last-event-id': id }]],
      ['last_event_id', id => [{ last_event_id: id }, {}]],
      ['the header rather than a parameter', id => [{ last_event_id: 'x' }, { 'last-event-id': id }]],
    ];
    const ofOld: typeof cursors = [
      ['lastEventID', id => [{ lastEventID: id }, {}]],
      ['the Last-Event-ID parameter', id => [{ 'Last-Event-ID': id }, {}]],
    ];
    it.each([...cursors, ...(speaks('0.x') ? ofOld : [])])(
      'H1 resumes after the event named by %s',
      async (_title, cursor) => {
        const topic = newTopic();
        await publish({ topic, data: '1' });
        const id = await (await publish({ topic, data: '2' })).text();
        await publish({ topic: newTopic(), data: 'not asked for' });
        await publish({ topic, data: '3' });
        const [parameters, headers] = cursor(id);
        await using stream = await subscribe({ [parameter]: topic, ...parameters }, { headers });
        await publish({ topic, data: '4' });
        expect([await stream.next(), await stream.next()].map(event => event.data)).toEqual(['3', '4']);
        expect(stream.headers['mercure-last-event-id']).toBe(id);
        if (speaks('0.x')) expect(stream.headers['last-event-id']).toBe(id);
      },
    );

    it('H2 earliest replays everything there is', async () => {
      const topic = newTopic();
      for (const data of ['1', '2', '3']) await publish({ topic, data });
      await using stream = await subscribe({ [parameter]: topic, last_event_id: 'earliest' });
      const received = [await stream.next(), await stream.next(), await stream.next()];
      expect(received.map(event => event.data)).toEqual(['1', '2', '3']);
      expect(stream.headers['mercure-last-event-id']).toBe('earliest');
    });

    it('H3 an unknown id is answered with earliest, by which the client sees the loss', async () => {
      const topic = newTopic();
      await using stream = await subscribe({ [parameter]: topic, last_event_id: `urn:uuid:${randomUUID()}` });
      expect(stream.headers['mercure-last-event-id']).toBe('earliest');
      if (speaks('0.x')) expect(stream.headers['last-event-id']).toBe('earliest');
    });

    it('H4 private events of the past are authorized like those of the present', async () => {
      const topic = newTopic();
      const id = await (await publish({ topic, data: 'start' })).text();
      await publish({ topic, data: 'secret', private: 'on' });
      await publish({ topic, data: 'public' });
      const token = await hub().mintSubscriberToken([newTopic()]);
      await using stream = await subscribe({ [parameter]: topic, last_event_id: id }, { token });
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
      await using stream = await subscribe({ [parameter]: topic, last_event_id: start });
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
      await using stream = await subscribe({ [parameter]: topic }, { headers });
      expect((await stream.next()).data).toBe('2');
      expect(Buffer.from(String(stream.headers['mercure-last-event-id']), 'latin1').toString()).toBe(id);
    });
  });
}
