import { once } from 'node:events';
import { Agent, createServer, get, type RequestListener } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { createRandom, listen, openEventStream } from '@cahier/testing';
import { expect, it } from 'vitest';
import { createHub, type HubOptions, StreamServer } from '../src/index.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const PATH = '/.well-known/mercure?topic=a';

const openHub = (options: Partial<HubOptions> = {}) =>
  createHub({ publisherKey: { secret }, subscriberKey: { secret }, anonymous: true, ...options });

const publishAll = (hub: ReturnType<typeof openHub>, texts: readonly string[]) =>
  Promise.all(texts.map(data => hub.publish({ topics: 'a', data })));

/** Sends a request by hand and collects what comes back. */
async function ask(url: string, request: string) {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  const answer = { text: '', socket };
  socket.setEncoding('utf8').on('data', chunk => {
    answer.text += chunk;
  });
  await once(socket, 'connect');
  socket.write(request);
  return answer;
}

const dataOf = (text: string) => [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data);

it('L12 what one turn publishes arrives as one chunk', async () => {
  const hub = openHub();
  await using server = await listen(hub.handler);
  const answer = await ask(server.url, `GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await expect.poll(() => answer.text).toContain('retry:');
  // The response itself sends a stream's first events.
  await publishAll(hub, ['first']);
  await expect.poll(() => answer.text).toContain('data: first');

  const before = answer.text.length;
  const texts = Array.from({ length: 20 }, (_, number) => `event ${number} ü`);
  await publishAll(hub, texts);
  await expect.poll(() => answer.text).toContain(texts.at(-1));
  const [, size = '', content = ''] = /^([0-9a-f]+)\r\n(.*)\r\n$/s.exec(answer.text.slice(before)) ?? [];
  expect(Buffer.byteLength(content)).toBe(Number.parseInt(size, 16));
  expect(dataOf(content)).toEqual(texts);
  answer.socket.destroy();
  await hub.close();
});

it.each([
  ['node:http', createServer],
  ['StreamServer', (handler: RequestListener) => new StreamServer(handler)],
])(
  'L12 clients on %s that stop and go on reading at any moment get every event once and in order',
  async (_, createServer) => {
    const random = createRandom();
    const hub = openHub({ heartbeatIntervalMs: 2, maxQueueBytesPerSubscriber: 256 * 1024 * 1024 });
    await using server = await listen(createServer(hub.handler));
    const streams = await Promise.all(
      Array.from({ length: 12 }, () => openEventStream(server.url + PATH, { timeoutMs: 30_000 })),
    );
    const published: string[] = [];
    for (let round = 0; round < 60; round++) {
      for (const stream of streams) {
        if (random.integer(0, 3) === 0) stream.pause();
        else if (random.integer(0, 2) === 0) stream.resume();
      }
      const burst = Array.from({ length: random.integer(1, 40) }, (_, number) => {
        const length = random.integer(0, 9) === 0 ? 100_000 : 100;
        return `${round}.${number} ${'x'.repeat(random.integer(0, length))}`;
      });
      published.push(...burst);
      await publishAll(hub, burst);
      for (let turns = random.integer(0, 4); turns > 0; turns--) await turn();
    }
    for (const stream of streams) stream.resume();
    for (const stream of streams) {
      await stream.nextMatching(event => event.data === published.at(-1));
      expect(stream.events.map(event => event.data)).toEqual(published);
    }
    await hub.close();
    expect(await Promise.all(streams.map(stream => stream.closed))).toEqual(streams.map(() => 'ended'));
  },
  60_000,
);

it('L12 a burst larger than the queue does not cut off a client that has taken everything else', async () => {
  const hub = openHub({ maxQueueBytesPerSubscriber: 2_000 });
  await using server = await listen(hub.handler);
  await using stream = await openEventStream(server.url + PATH);
  const texts = Array.from({ length: 100 }, (_, number) => String(number).padStart(100, '.'));
  await publishAll(hub, texts);
  await stream.nextMatching(event => event.data === texts.at(-1));
  expect(stream.events.map(event => event.data)).toEqual(texts);
  await hub.close();
});

it('L13 a client of HTTP/1.0 gets the events without chunks', async () => {
  const hub = openHub();
  await using server = await listen(hub.handler);
  const answer = await ask(server.url, `GET ${PATH} HTTP/1.0\r\n\r\n`);
  await expect.poll(() => answer.text).toContain('retry:');
  for (const text of ['one', 'two']) {
    await publishAll(hub, [text, `${text}!`]);
    await expect.poll(() => answer.text).toContain(`data: ${text}!`);
  }
  const over = once(answer.socket, 'close');
  await hub.close();
  await over;
  const [, body = ''] = answer.text.split('\r\n\r\n');
  expect(answer.text).not.toContain('chunked');
  expect(body).not.toMatch(/\r/);
  expect(dataOf(body)).toEqual(['one', 'one!', 'two', 'two!']);
});

it('L13 a stream that waits behind another response of its connection gets everything afterwards', async () => {
  const hub = openHub();
  let finishFirst = () => {};
  await using server = await listen((request, response) => {
    if (request.url !== '/first') hub.handler(request, response);
    else finishFirst = () => response.end('first');
  });
  const host = 'HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const answer = await ask(server.url, `GET /first ${host}GET ${PATH} ${host}`);
  await expect.poll(() => hub.statistics().subscribersConnected).toBe(1);
  for (const text of ['one', 'two', 'three']) {
    await publishAll(hub, [text]);
    await turn();
  }
  expect(answer.text).toBe('');
  finishFirst();
  await expect.poll(() => dataOf(answer.text)).toEqual(['one', 'two', 'three']);
  await publishAll(hub, ['four', 'five']);
  await expect.poll(() => dataOf(answer.text)).toEqual(['one', 'two', 'three', 'four', 'five']);
  const bodies = answer.text.split('\r\n\r\n');
  expect(bodies[1]).toMatch(/^firstHTTP\/1.1 200 OK/);
  await hub.close();
  await expect.poll(() => answer.text).toMatch(/\r\n0\r\n\r\n$/);
  answer.socket.destroy();
});

it('L13 works over HTTP/2', async () => {
  const hub = openHub();
  const server = createHttp2Server(hub.handler as unknown as Parameters<typeof createHttp2Server>[1]);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stream = session.request({ ':path': PATH });
  let text = '';
  stream.setEncoding('utf8').on('data', chunk => {
    text += chunk;
  });
  await expect.poll(() => text).toContain('retry:');
  for (const data of ['one', 'two', 'three']) {
    await publishAll(hub, [data, `${data}!`]);
    await expect.poll(() => text).toContain(`data: ${data}!`);
  }
  expect(dataOf(text)).toEqual(['one', 'one!', 'two', 'two!', 'three', 'three!']);
  expect(text).not.toContain('\r');
  const over = once(stream, 'close');
  await hub.close();
  await over;
  session.close();
  await new Promise(resolve => server.close(resolve));
});

it('L13 goes through middleware that replaces what the response does', async () => {
  const hub = openHub();
  const compressed: RequestListener = (request, response) => {
    const gzip = createGzip();
    const write = response.write.bind(response);
    const end = response.end.bind(response);
    gzip.on('data', (bytes: Buffer) => write(bytes)).on('end', () => end());
    response.setHeader('content-encoding', 'gzip');
    response.write = (bytes: string | Buffer) => {
      gzip.write(bytes);
      gzip.flush();
      return true;
    };
    response.end = () => {
      gzip.end();
      return response;
    };
    hub.handler(request, response);
  };
  await using server = await listen(compressed);
  let text = '';
  const [response] = await once(get(server.url + PATH), 'response');
  const gunzip = response.pipe(createGunzip()).setEncoding('utf8');
  gunzip.on('data', (chunk: string) => {
    text += chunk;
  });
  for (const data of ['one', 'two', 'three']) {
    await publishAll(hub, [data, `${data}!`]);
    await expect.poll(() => text).toContain(`data: ${data}!`);
  }
  const over = once(gunzip, 'end');
  await hub.close();
  await over;
  expect(dataOf(text)).toEqual(['one', 'one!', 'two', 'two!', 'three', 'three!']);
});

it('L13 writes nothing more once something else has ended the response, whose connection goes on', async () => {
  const hub = openHub({ maxQueueBytesPerSubscriber: 64 * 1024 * 1024 });
  let endResponse = () => {};
  await using server = await listen((request, response) => {
    hub.handler(request, response);
    if (request.url === PATH) endResponse = () => response.end();
  });
  const host = 'HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const answer = await ask(server.url, `GET ${PATH} ${host}`);
  for (const data of ['one', 'two']) {
    await expect.poll(() => answer.text).toContain('retry:');
    await publishAll(hub, [data]);
    await expect.poll(() => answer.text).toContain(`data: ${data}`);
  }
  // While the client does not read, the response cannot finish.
  answer.socket.pause();
  const data = 'x'.repeat(1_000_000);
  while (hub.statistics().queueBytes < 2 * data.length) {
    await publishAll(hub, [data]);
    await turn();
  }
  endResponse();
  await publishAll(hub, ['too late']);
  await turn();
  answer.socket.resume();
  await expect.poll(() => answer.text).toMatch(/\r\n0\r\n\r\n/);
  await expect.poll(() => hub.statistics().subscribersConnected).toBe(0);
  answer.socket.write(`GET /healthz ${host}`);
  await expect.poll(() => answer.text).toMatch(/\r\n0\r\n\r\nHTTP\/1.1 200 OK/);
  expect(dataOf(answer.text).filter(text => text !== data)).toEqual(['one', 'two']);
  answer.socket.destroy();
  await hub.close();
});

it('L13 a connection serves another request after its stream has ended', async () => {
  const hub = openHub();
  await using server = await listen(hub.handler);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const [response] = await once(get(server.url + PATH, { agent }), 'response');
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await expect.poll(() => hub.statistics().subscribersConnected).toBe(1);
  await publishAll(hub, ['one']);
  await expect.poll(() => text).toContain('data: one');
  const over = once(response, 'end');
  await publishAll(hub, ['two', 'three']);
  hub.endStreams({ topic: 'a' });
  await over;
  expect(dataOf(text)).toEqual(['one', 'two', 'three']);
  const next = get(`${server.url}/healthz`, { agent });
  const [health] = await once(next, 'response');
  expect(health.statusCode).toBe(200);
  expect(next.reusedSocket).toBe(true);
  agent.destroy();
  await hub.close();
});
