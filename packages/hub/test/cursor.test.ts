import { listen, openEventStream } from '@cahier/testing';
import { expect, it } from 'vitest';
import { createHub, type HubOptions } from '../src/index.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';

async function start(options: Partial<HubOptions> = {}) {
  const key = { secret };
  const hub = createHub({ publisherKey: key, subscriberKey: key, anonymous: true, ...options });
  const server = await listen(hub.handler);
  const url = `${server.url}/.well-known/mercure?topic=a`;
  return {
    hub,
    url,
    async [Symbol.asyncDispose]() {
      await hub.close();
      await server.close();
    },
  };
}

/** Reads a stream as bytes, since cursors without an event do not show otherwise, until `isEnough`. */
async function readUntil(url: string, isEnough: (text: string) => boolean): Promise<string> {
  const response = await fetch(url);
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (isEnough(text)) break;
  }
  return text;
}

it('H8 a stream without a history begins with the newest id, from which its client comes back', async () => {
  await using server = await start();
  expect(await readUntil(server.url, text => text.includes('id:'))).toMatch(/^id: earliest\n\n/m);
  const { id } = await server.hub.publish({ topics: 'b', data: 'not asked for' });
  expect(await readUntil(server.url, text => text.includes('id:'))).toContain(`\nid: ${id}\n\n`);
  await server.hub.publish({ topics: 'a', data: 'while it was away' });
  await using again = await openEventStream(server.url, { headers: { 'last-event-id': id } });
  expect(again.headers['mercure-last-event-id']).toBe(id);
  expect((await again.next()).data).toBe('while it was away');
});

it('H8 a stream that resumes keeps the cursor it came with', async () => {
  await using server = await start();
  const { id } = await server.hub.publish({ topics: 'a', data: '1' });
  await server.hub.publish({ topics: 'a', data: '2' });
  const text = await readUntil(`${server.url}&last_event_id=${id}`, received => received.includes('data: 2'));
  expect(text.match(/^id:/gm)).toHaveLength(1);
});

it('H9 silent streams are moved on, so that they lose nothing when the history forgets what they never got', async () => {
  await using server = await start({ heartbeatIntervalMs: 20 });
  const ids: string[] = [];
  let published = 0;
  await readUntil(server.url, text => {
    ids.splice(0, ids.length, ...[...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? ''));
    if (published < 3 && ids.length > published) {
      published++;
      void server.hub.publish({ topics: 'b', data: 'not asked for', id: `urn:x:${published}` });
    }
    return ids.includes('urn:x:3');
  });
  expect([...new Set(ids)]).toEqual(['earliest', 'urn:x:1', 'urn:x:2', 'urn:x:3']);
});

it('H10 ids that publishers gave to private updates are told to nobody else', async () => {
  await using server = await start({ heartbeatIntervalMs: 20 });
  await server.hub.publish({ topics: 'b', id: 'urn:x:telling', private: true });
  let heartbeats = 0;
  const text = await readUntil(server.url, received => {
    heartbeats = received.match(/^:$/gm)?.length ?? 0;
    return heartbeats > 2;
  });
  expect(text).not.toContain('id:');
  const { id } = await server.hub.publish({ topics: 'b', private: true });
  expect(await readUntil(server.url, received => received.includes('id:'))).toContain(`id: ${id}`);
});
