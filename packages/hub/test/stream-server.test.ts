import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type ServerOptions, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { listen, openEventStream } from '@cahier/testing';
import { describe, expect, it } from 'vitest';
import { createHub, StreamServer } from '../src/index.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const PATH = '/.well-known/mercure?topic=a';
const HOST = 'Host: localhost\r\n';

/** A hub on such a server, which echoes the bodies of requests for other paths. */
async function start(options: ServerOptions = {}) {
  const hub = createHub({
    publisherKey: { secret },
    subscriberKey: { secret },
    anonymous: true,
    maxConnections: 1,
  });
  const asked: [request: IncomingMessage, response: ServerResponse][] = [];
  const handler = (request: IncomingMessage, response: ServerResponse) => {
    asked.push([request, response]);
    hub.handler(request, response, () => request.pipe(response));
  };
  const server = await listen(new StreamServer(options, handler));
  return {
    hub,
    asked,
    url: server.url,
    port: Number(new URL(server.url).port),
    server: server.server,
    connected: () => hub.statistics().subscribersConnected,
    async [Symbol.asyncDispose]() {
      await hub.close();
      await server.close();
    },
  };
}

/** Sends bytes by hand and collects what comes back. */
function send(port: number, bytes: string): { readonly socket: Socket; text: string } {
  const answer = { socket: connect(port, '127.0.0.1'), text: '' };
  answer.socket.setEncoding('utf8').on('data', chunk => {
    answer.text += chunk;
  });
  answer.socket.write(bytes);
  return answer;
}

it('L15 a stream goes on while its response has ended for everybody else', async () => {
  await using server = await start();
  await using stream = await openEventStream(server.url + PATH);
  const [[, response]] = server.asked as [[IncomingMessage, ServerResponse]];
  if (!response.closed) await once(response, 'close');
  expect(response.writableFinished).toBe(true);
  expect(stream.headers.connection).toBe('close');

  await server.hub.publish({ topics: 'a', data: 'one' });
  expect((await stream.next()).data).toBe('one');
  expect(server.connected()).toBe(1);
  server.hub.endStreams({ topic: 'a' });
  expect(await stream.closed).toBe('ended');
  expect(server.connected()).toBe(0);
});

it('L15 the place of a stream is free when its client has gone, in whatever way', async () => {
  await using server = await start();
  const ways: ((socket: Socket) => void)[] = [
    socket => socket.end(),
    socket => socket.destroy(),
    socket => socket.resetAndDestroy(),
  ];
  for (const leave of ways) {
    const { socket } = send(server.port, `GET ${PATH} HTTP/1.1\r\n${HOST}\r\n`);
    await expect.poll(server.connected).toBe(1);
    expect((await fetch(server.url + PATH)).status).toBe(429);
    leave(socket);
    await expect.poll(server.connected).toBe(0);
    await expect
      .poll(async () => {
        await using stream = await openEventStream(server.url + PATH);
        return stream.status;
      })
      .toBe(200);
    await expect.poll(server.connected).toBe(0);
  }
});

it('L15 what a client sends after it has opened a stream is dropped', async () => {
  await using server = await start();
  const answer = send(server.port, `GET ${PATH} HTTP/1.1\r\n${HOST}\r\nGET /healthz HTTP/1.1\r\n${HOST}\r\n`);
  await expect.poll(() => answer.text).toContain('retry:');
  answer.socket.write('x'.repeat(1_000_000));
  await server.hub.publish({ topics: 'a', data: 'one' });
  await expect.poll(() => answer.text).toContain('data: one');
  const over = once(answer.socket, 'close');
  server.hub.endStreams({ topic: 'a' });
  await over;
  expect(answer.text).toMatch(/data: one\n\n\r\n0\r\n\r\n$/);
});

it('L15 other requests share a connection, before it becomes a stream', async () => {
  await using server = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (path: string, body = Buffer.alloc(0)) => {
    const asking = request(server.url + path, { agent, method: body.length > 0 ? 'POST' : 'GET' });
    const answered = once(asking, 'response');
    asking.end(body);
    const [response] = (await answered) as [IncomingMessage];
    return { response, reused: asking.reusedSocket };
  };
  for (const bytes of [1, 10_000, 5_000_000, 10]) {
    const body = randomBytes(bytes);
    const { response, reused } = await ask('/echo', body);
    expect((await buffer(response)).equals(body)).toBe(true);
    expect(reused).toBe(bytes !== 1);
  }
  const { response, reused } = await ask(PATH);
  expect(reused).toBe(true);
  let text = '';
  response.setEncoding('utf8').on('data', chunk => {
    text += chunk;
  });
  await server.hub.publish({ topics: 'a', data: 'one' });
  await expect.poll(() => text).toContain('data: one');
  const [[asked]] = server.asked as [[IncomingMessage, ServerResponse]];
  expect(asked.socket.remoteAddress).toBe('127.0.0.1');
  agent.destroy();
});

it('L15 the limits of the server hold: malformed and slow requests, silent connections', async () => {
  const server = await start({
    headersTimeout: 200,
    requestTimeout: 300,
    keepAliveTimeout: 100,
    connectionsCheckingInterval: 50,
  });
  await using _ = server;
  const answers = [
    send(server.port, 'no request at all\r\n\r\n'),
    send(server.port, `GET / HTTP/1.1\r\n${HOST}`),
    send(server.port, `GET /healthz HTTP/1.1\r\n${HOST}\r\n`),
  ];
  await Promise.all(answers.map(({ socket }) => once(socket, 'close')));
  expect(answers.map(({ text }) => text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))).toEqual([
    '400',
    '408',
    '200',
  ]);
});

it('L15 cutting all connections of the server cuts its streams', async () => {
  await using server = await start();
  await using stream = await openEventStream(server.url + PATH);
  const closed = once(server.server, 'close');
  server.server.close();
  server.server.closeIdleConnections();
  await server.hub.publish({ topics: 'a', data: 'one' });
  expect((await stream.next()).data).toBe('one');
  server.server.closeAllConnections();
  expect(await stream.closed).toBe('broken');
  await closed;
});

describe('a connection that its client keeps', () => {
  const health = `GET /healthz HTTP/1.1\r\n${HOST}\r\n`;
  const answers = (text: string) => text.match(/HTTP\/1\.1 200/g)?.length ?? 0;

  /** Asks once, and resolves when the server has forgotten of the connection what it can. */
  async function rest(server: Awaited<ReturnType<typeof start>>, bytes = health) {
    const before = server.asked.length;
    const answer = send(server.port, bytes);
    await expect.poll(() => answers(answer.text)).toBe(1);
    const [request] = server.asked[before] as [IncomingMessage, ServerResponse];
    await expect.poll(() => request.socket.destroyed, { timeout: 10_000 }).toBe(true);
    return answer;
  }

  it('L16 rests, and serves what is asked on it afterwards', async () => {
    await using server = await start();
    const { socket, ...answer } = await rest(server);
    expect(answer.text).toContain('ok\n');
    let text = '';
    socket.on('data', chunk => {
      text += chunk;
    });
    const body = '~'.repeat(100_000);
    const asked = `POST /echo HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n`;
    for (const part of [asked.slice(0, 10), asked.slice(10) + body.slice(0, 1_000), body.slice(1_000)]) {
      socket.write(part);
      await turn();
    }
    await expect.poll(() => text.split('~').length - 1).toBe(body.length);
    socket.write(`GET ${PATH} HTTP/1.1\r\n${HOST}\r\n`);
    await expect.poll(server.connected).toBe(1);
    await server.hub.publish({ topics: 'a', data: 'one' });
    await expect.poll(() => text).toContain('data: one');
    socket.destroy();
  });

  it('L16 does not rest while the server has part of a request', async () => {
    await using server = await start();
    const body = `POST /echo HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\n12345`;
    const parts: [before: string, after: string][] = [
      [health + health.slice(0, 10), health.slice(10)],
      [health + health.slice(0, -1), health.slice(-1)],
      [body + body.slice(0, 3), body.slice(3)],
    ];
    const waiting = parts.map(([before]) => send(server.port, before));
    for (const answer of waiting) await expect.poll(() => answers(answer.text)).toBe(1);
    // By now they would have as well.
    (await rest(server, body)).socket.destroy();
    for (const [index, answer] of waiting.entries()) {
      answer.socket.write(parts[index]?.[1] ?? '');
      await expect.poll(() => answers(answer.text)).toBe(2);
      answer.socket.destroy();
    }
  });

  it('L16 ends as it would from the server: when its time is over, with its client, and with the server', async () => {
    await using hasty = await start({ keepAliveTimeout: 2_000 });
    const late = await rest(hasty);
    await once(late.socket, 'close');

    await using server = await start();
    const connections = () => promisify(server.server.getConnections.bind(server.server))();
    const [left, broken, last] = await Promise.all([rest(server), rest(server), rest(server)]);
    left.socket.end();
    broken.socket.resetAndDestroy();
    await expect.poll(connections).toBe(1);
    const closed = once(last.socket, 'close');
    server.server.close();
    await closed;
  });
});
