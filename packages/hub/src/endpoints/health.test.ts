import { listen } from '@cahier/testing';
import { expect, it } from 'vitest';
import type { HubError } from '../diagnostics/errors.ts';
import { memoryTransport } from '../transports/memory-transport.ts';
import { createHealthEndpoints } from './health.ts';

it('T7 is alive until the transport has been out of order for half a minute, and ready only while it works', async () => {
  const transport = memoryTransport();
  let works = true;
  transport.ready = async () => {
    if (!works) throw new Error('out of order');
    return true;
  };
  let now = 0;
  const { ready, live } = createHealthEndpoints(transport, () => now);
  await using server = await listen((request, response) => {
    const endpoint = request.url === '/ready' ? ready : live;
    endpoint(request, response).catch((error: HubError) => response.writeHead(error.status).end());
  });
  const health = async () => {
    const answers = await Promise.all(['ready', 'live'].map(path => fetch(`${server.url}/${path}`)));
    return answers.map(({ status }) => status);
  };
  expect(await health()).toEqual([200, 200]);
  works = false;
  expect(await health()).toEqual([503, 200]);
  now = 29_999;
  expect(await health()).toEqual([503, 200]);
  now = 30_000;
  expect(await health()).toEqual([503, 503]);
  works = true;
  expect(await health()).toEqual([200, 200]);
  works = false;
  expect(await health()).toEqual([503, 200]);
});

it('T3 does not wait for a transport that hangs', async () => {
  const transport = memoryTransport();
  transport.ready = () => new Promise(() => {});
  const { ready } = createHealthEndpoints(transport);
  const nothing = {} as Parameters<typeof ready>[1];
  await expect(ready({} as Parameters<typeof ready>[0], nothing)).rejects.toMatchObject({
    code: 'transport_unavailable',
  });
});
