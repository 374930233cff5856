import { request } from 'node:http';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { createRandom, listen, mintAccessToken, mintClaimToken, openEventStream } from './index.ts';

const secret = 'a secret of no less than 256 bits!';

describe('listen', () => {
  it('serves on a free port and cuts open connections when closed', async () => {
    const server = await listen((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: hello\n\n');
    });
    const stream = await openEventStream(server.url);
    expect(await stream.next()).toEqual({ data: 'hello' });
    await server.close();
    expect(await stream.closed).toBe('broken');
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it('goes on when somebody goes away in the middle of a request', async () => {
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    await using server = await listen(async (incoming, response) => {
      try {
        for await (const _ of incoming) begun.resolve();
      } finally {
        ended.resolve();
      }
      response.end('complete');
    });
    const sending = request(server.url, { method: 'POST' });
    sending.on('error', () => {});
    sending.write('half of it');
    await begun.promise;
    sending.destroy();
    await ended.promise;
    expect(await (await fetch(server.url)).text()).toBe('complete');
  });
});

describe('openEventStream', () => {
  const serve = (...parts: string[]) =>
    listen((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-answer': '42' });
      for (const part of parts) response.write(part);
      response.end();
    });

  it('reads events, comments and retry, and tells an orderly end', async () => {
    await using server = await serve(
      'retry: 10\n: hi\n\nid: 1\nevent: greet\ndata: a\nda',
      'ta: b\n\ndata: c\n\n',
    );
    await using stream = await openEventStream(server.url);
    expect(await stream.next()).toEqual({ id: '1', type: 'greet', data: 'a\nb' });
    expect(await stream.nextMatching(event => event.data === 'c')).toEqual({ data: 'c' });
    expect(await stream.closed).toBe('ended');
    expect(stream.retryMs).toBe(10);
    expect(stream.comments).toEqual(['hi']);
    expect(stream.headers['x-answer']).toBe('42');
    await expect(stream.next()).rejects.toThrow('The stream ended');
  });

  it('says what it received when nothing comes in time', async () => {
    await using server = await listen((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: only\n\n');
    });
    await using stream = await openEventStream(server.url, { timeoutMs: 500 });
    await stream.next();
    await expect(stream.next()).rejects.toThrow(/within 500 ms.*only/);
  });

  it('refuses an answer that is no event stream', async () => {
    await using server = await listen((_request, response) => {
      response.writeHead(403).end('not for you');
    });
    await expect(openEventStream(server.url)).rejects.toThrow(/403.*\n.*not for you/);
  });
});

describe('tokens', () => {
  it('mints the mercure claim', async () => {
    const token = await mintClaimToken({ secret, publish: ['*'], claims: { exp: 4102444800 } });
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret));
    expect(payload).toEqual({ mercure: { publish: ['*'] }, exp: 4102444800 });
  });

  it('mints authorization_details as a JWT access token', async () => {
    const token = await mintAccessToken({
      secret,
      issuer: 'https://a.test',
      audience: 'https://a.test/hub',
      subscribe: ['x'],
      payload: { name: 'A' },
    });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'at+jwt' });
    expect(decodeJwt(token)).toMatchObject({
      iss: 'https://a.test',
      aud: 'https://a.test/hub',
      authorization_details: [{ actions: ['subscribe'], topics: [{ match: 'x' }], payload: { name: 'A' } }],
    });
  });
});

describe('createRandom', () => {
  it('repeats its choices from the same seed', () => {
    const choices = (seed: number) => {
      const random = createRandom(seed);
      return [
        random.next(),
        random.integer(1, 6),
        random.pick(['a', 'b', 'c']),
        random.chance(),
        random.word(8),
      ];
    };
    expect(choices(7)).toEqual(choices(7));
    expect(choices(7)).not.toEqual(choices(8));
  });
});
