import { expect, it } from 'vitest';
import {
  createRandom,
  type FaultRates,
  listen,
  openEventStream,
  type Random,
  startFaultyProxy,
} from './index.ts';

const HARMLESS: FaultRates = {
  dropRequest: 0,
  dropAnswer: 0,
  duplicateRequest: 0,
  truncateAnswer: 0,
  captivePortal: 0,
  delay: 0,
  maxDelayMs: 1,
  dropEvent: 0,
  duplicateEvent: 0,
  reorderEvent: 0,
  holdStream: 0,
  maxHoldMs: 1,
  cutStream: 0,
};

/** Always takes the longest of what it may choose from. */
const slowest: Random = { ...createRandom(1), integer: (_, max) => max };

/** A proxy in front of a server that counts requests, echoes bodies, and says 1, 2, 3 on `/stream` and `/short`. */
async function proxied(harm?: Partial<FaultRates>, random = createRandom(1)) {
  const seen: string[] = [];
  const origin = await listen(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push(body);
    if (request.url === '/stream' || request.url === '/short') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const data of [1, 2, 3]) response.write(`data: ${data}\n\n`);
      if (request.url === '/short') response.end();
      return;
    }
    response.end(`You said ${body}`);
  });
  const port = new URL(origin.url).port;
  const proxy = await startFaultyProxy(Number(port), random);
  if (harm) proxy.harm({ ...HARMLESS, ...harm });
  return {
    seen,
    proxy,
    say: (body: string) => fetch(proxy.url, { method: 'POST', body }).then(answer => answer.text()),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await origin.close();
    },
  };
}

it('passes everything on as it is', async () => {
  await using app = await proxied();
  expect(await app.say('hello')).toBe('You said hello');
  await using stream = await openEventStream(`${app.proxy.url}/stream`);
  expect((await stream.next()).data).toBe('1');
});

it('loses requests', async () => {
  await using app = await proxied({ dropRequest: 1 });
  await expect(app.say('hello')).rejects.toThrow();
  expect(app.seen).toEqual([]);
});

it('loses answers, and cuts them short, after the request has arrived', async () => {
  for (const fault of ['dropAnswer', 'truncateAnswer']) {
    await using app = await proxied({ [fault]: 1 });
    await expect(app.say('hello')).rejects.toThrow();
    expect(app.seen).toEqual(['hello']);
  }
});

it('repeats requests', async () => {
  await using app = await proxied({ duplicateRequest: 1 });
  expect(await app.say('hello')).toBe('You said hello');
  await expect.poll(() => app.seen).toEqual(['hello', 'hello']);
});

// Timers are never early by more than a rounding, however busy the machine is.
const AT_LEAST = 0.98;

it('delays a request, and its answer', async () => {
  const maxDelayMs = 150;
  await using app = await proxied({ delay: 1, maxDelayMs }, slowest);
  const startedAt = performance.now();
  expect(await app.say('hello')).toBe('You said hello');
  expect(performance.now() - startedAt).toBeGreaterThan(2 * maxDelayMs * AT_LEAST);
});

it('lets requests overtake each other', async () => {
  const delaysMs = [400, 1];
  const random = { ...createRandom(1), integer: () => delaysMs.shift() ?? 1 };
  await using app = await proxied({ delay: 1 }, random);
  const first = app.say('first');
  await expect.poll(() => delaysMs.length).toBe(1);
  await Promise.all([first, app.say('second')]);
  expect(app.seen).toEqual(['second', 'first']);
});

it('holds a stream back, then passes on everything at once', async () => {
  const maxHoldMs = 300;
  await using app = await proxied({ holdStream: 1, maxHoldMs }, slowest);
  await using stream = await openEventStream(`${app.proxy.url}/stream`);
  const startedAt = performance.now();
  const events = [await stream.next(), await stream.next(), await stream.next()];
  expect(events.map(({ data }) => data)).toEqual(['1', '2', '3']);
  expect(performance.now() - startedAt).toBeGreaterThan(maxHoldMs / 2);
});

it('loses events', async () => {
  await using app = await proxied({ dropEvent: 1 });
  await using stream = await openEventStream(`${app.proxy.url}/short`);
  expect(await stream.closed).toBe('ended');
  expect(stream.events).toEqual([]);
});

it('answers in place of the server', async () => {
  await using app = await proxied({ captivePortal: 1 });
  expect(await app.say('hello')).toContain('Welcome to our network');
});

it('repeats and reorders events, and cuts streams', async () => {
  const received = async (harm: Partial<FaultRates>, count: number) => {
    await using app = await proxied(harm);
    await using stream = await openEventStream(`${app.proxy.url}/stream`);
    const events: string[] = [];
    while (events.length < count) events.push((await stream.next()).data);
    return events;
  };
  expect(await received({ duplicateEvent: 1 }, 4)).toEqual(['1', '1', '2', '2']);
  expect(await received({ reorderEvent: 1 }, 2)).toEqual(['2', '1']);
  await using app = await proxied({ cutStream: 1 });
  const stream = await openEventStream(`${app.proxy.url}/stream`).catch(() => undefined);
  expect((await stream?.closed) ?? 'broken').toBe('broken');
});

it('cuts what is open', async () => {
  await using app = await proxied();
  await using stream = await openEventStream(`${app.proxy.url}/stream`);
  app.proxy.cut();
  expect(await stream.closed).toBe('broken');
});
