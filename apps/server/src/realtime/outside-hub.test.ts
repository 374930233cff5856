import { listen } from '@cahier/testing';
import { decodeJwt } from 'jose';
import { describe, expect, onTestFinished, test } from 'vitest';
import { silent } from '../../test/log-fixture.ts';
import { OutsideHub } from './outside-hub.ts';
import type { HubUpdate } from './publisher.ts';
import { PublisherTokens } from './tokens.ts';

const SECRET = 'a secret that is long enough for HS256';

/** Answers a publication: with a status, or by never answering. */
type Answer = number | 'never';

interface Received {
  readonly form: URLSearchParams;
  readonly token: string;
}

type Options = Partial<Omit<ConstructorParameters<typeof OutsideHub>[0], 'url' | 'tokens'>>;

/** A hub that answers as told, and the client of it that is tested. */
async function start(answer: (received: Received) => Answer | Promise<Answer>, options: Options = {}) {
  const requests: Received[] = [];
  const server = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const received = {
      form: new URLSearchParams(Buffer.concat(chunks).toString()),
      token: request.headers.authorization?.replace('Bearer ', '') ?? '',
    };
    requests.push(received);
    const status = await answer(received);
    if (status !== 'never') response.writeHead(status).end(`urn:id:${requests.length}`);
  });
  const hub = new OutsideHub({
    url: `${server.url}/.well-known/mercure`,
    tokens: new PublisherTokens(SECRET),
    logger: silent,
    backoff: { minDelayMs: 1, maxDelayMs: 5 },
    ...options,
  });
  onTestFinished(async () => {
    await server.close();
    await hub.close();
  });
  return { hub, requests, seen: () => requests.map(({ form }) => form.get('data')) };
}

const update = (data: string, more: Partial<HubUpdate> = {}): HubUpdate => ({
  topics: ['https://app.example/a'],
  data,
  private: true,
  ...more,
});

/** Tells when the hub is found to be out of reach. */
function outageLog() {
  const { promise: outage, resolve } = Promise.withResolvers<void>();
  return { outage, logger: Object.assign(Object.create(silent) as typeof silent, { warn: () => resolve() }) };
}

/** A promise to be kept from outside, as an answer of the hub. */
const held = () => Promise.withResolvers<Answer>();

test('publishes with a token for that topic alone, which is soon worth nothing', async () => {
  const { hub, requests } = await start(() => 200);
  await hub.publish(update('x', { ephemeral: true }));
  const { form, token } = requests[0] as Received;
  expect(Object.fromEntries(form)).toEqual({
    topic: 'https://app.example/a',
    data: 'x',
    private: 'on',
    ephemeral: 'on',
  });
  const { mercure, exp = 0 } = decodeJwt(token);
  expect(mercure).toEqual({ publish: ['https://app.example/a'] });
  expect(exp * 1000 - Date.now()).toBeLessThanOrEqual(120_000);
});

test('its cursor is what the hub acknowledged last', async () => {
  const { hub } = await start(() => 200);
  expect(hub.lastEventId).toBe('earliest');
  await hub.publish(update('x'));
  expect(hub.lastEventId).toBe('urn:id:1');
});

test('one topic waits for nobody but itself, and keeps its order', async () => {
  const first = held();
  const { hub, seen } = await start(({ form }) => (form.get('data') === 'a1' ? first.promise : 200));
  const slow = [hub.publish(update('a1')), hub.publish(update('a2')), hub.publish(update('a3'))];
  await hub.publish(update('b', { topics: ['https://app.example/b'] }));
  // On connections of their own, either may arrive first.
  await expect.poll(() => seen().sort()).toEqual(['a1', 'b']);
  first.resolve(200);
  await Promise.all(slow);
  expect(seen().filter(data => data !== 'b')).toEqual(['a1', 'a2', 'a3']);
});

describe('a hub that is out of reach for a while', () => {
  test.each([
    ['that breaks down', 500],
    ['behind a proxy that does not find it', 502],
    ['that is busy', 429],
  ])('gets the same update again: one %s', async (_, failure) => {
    let failures = 3;
    const { hub, seen } = await start(() => (failures-- > 0 ? failure : 200));
    await Promise.all([hub.publish(update('1')), hub.publish(update('2'))]);
    expect(seen()).toEqual(['1', '1', '1', '1', '2']);
  });

  test('gets the same update again: one that does not answer in time', async () => {
    let failures = 3;
    const { hub, seen } = await start(() => (failures-- > 0 ? 'never' : 200), { requestTimeoutMs: 50 });
    await Promise.all([hub.publish(update('1')), hub.publish(update('2'))]);
    // On a busy machine answers are late, too.
    expect(seen().join('')).toMatch(/^1{4,}2+$/);
  });

  test('is not asked before it wants to be', async () => {
    const { logger, outage } = outageLog();
    const askedAt: number[] = [];
    const server = await listen((_, response) => {
      askedAt.push(performance.now());
      response.writeHead(askedAt.length === 1 ? 503 : 200, { 'retry-after': '1' }).end('id');
    });
    const hub = new OutsideHub({
      url: server.url,
      tokens: new PublisherTokens(SECRET),
      logger,
      backoff: { minDelayMs: 1 },
    });
    await Promise.all([hub.publish(update('x')), outage]);
    const [first = 0, second = 0] = askedAt;
    expect(second - first).toBeGreaterThan(990);
    await server.close();
  });

  test('gets of what waited for it the newest of each kind, in order', async () => {
    const outage = held();
    let isDown = true;
    const { hub, seen } = await start(async () => {
      if (!isDown) return 200;
      await outage.promise;
      isDown = false;
      return 503;
    });
    const first = hub.publish(update('title 1', { kind: 'renamed' }));
    await expect.poll(seen).toEqual(['title 1']);
    const waiting = [
      first,
      hub.publish(update('access', { kind: 'access' })),
      hub.publish(update('title 2', { kind: 'renamed' })),
      hub.publish(update('of no kind')),
      hub.publish(update('title 3', { kind: 'renamed' })),
      hub.publish(update('of no kind, either')),
    ];
    outage.resolve(503);
    await Promise.all(waiting);
    expect(seen()).toEqual(['title 1', 'access', 'of no kind', 'title 3', 'of no kind, either']);
  });

  test('does not get ephemeral updates afterwards', async () => {
    const { logger, outage } = outageLog();
    let isDown = true;
    const { hub, seen } = await start(() => (isDown ? 503 : 200), { logger });
    const edit = hub.publish(update('an edit'));
    await outage;
    const cursor = update('a cursor', { ephemeral: true, topics: ['https://app.example/a/presence'] });
    await expect(hub.publish(cursor)).rejects.toMatchObject({ code: 'unreachable' });
    isDown = false;
    await edit;
    await hub.publish(update('another edit'));
    expect(new Set(seen())).toEqual(new Set(['an edit', 'another edit']));
  });

  test('is waited for on a limited number of topics', async () => {
    const { hub } = await start(() => 'never', { maxWaitingTopics: 2, requestTimeoutMs: 100_000 });
    const on = (topic: string) => hub.publish(update('x', { topics: [`https://app.example/${topic}`] }));
    const waiting = [on('1'), on('2'), on('1')];
    for (const promise of waiting) promise.catch(() => {});
    await expect(on('3')).rejects.toMatchObject({ code: 'unreachable' });
  });
});

test.each([400, 401, 403, 404, 413])(
  'what the hub refuses with %i is given up, what follows is sent',
  async status => {
    const { hub, seen } = await start(({ form }) => (form.get('data') === 'bad' ? status : 200));
    const refused = hub.publish(update('bad'));
    const next = hub.publish(update('good'));
    await expect(refused).rejects.toMatchObject({ code: 'refused', status });
    await next;
    expect(seen()).toEqual(['bad', 'good']);
  },
);

describe('when the process ends', () => {
  test('what is on its way still goes out', async () => {
    const first = held();
    const { hub, seen } = await start(() => first.promise);
    const published = [hub.publish(update('1')), hub.publish(update('2'))];
    const closed = hub.close();
    first.resolve(200);
    await Promise.all([...published, closed]);
    expect(seen()).toEqual(['1', '2']);
  });

  test('a hub that is out of reach is not waited for', async () => {
    const { hub, seen } = await start(() => 503, { backoff: { minDelayMs: 100_000, maxDelayMs: 100_000 } });
    const topics = Array.from({ length: 40 }, (_, index) => [`https://app.example/${index}`]);
    const published = topics.map(topic => hub.publish(update('x', { topics: topic })));
    const outcomes = Promise.allSettled(published);
    await expect.poll(() => seen().length).toBeGreaterThan(0);
    await hub.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(topics.map(() => 'rejected'));
    await expect(hub.publish(update('y'))).rejects.toMatchObject({ code: 'unreachable' });
  });
});
