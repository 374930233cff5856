import { createServer } from 'node:http';
import { createHub, type HubOptions } from '@cahier/hub';
import { listen, mintAccessToken, mintClaimToken } from '@cahier/testing';
import { expect, onTestFinished, test } from 'vitest';
import {
  MercureError,
  type MercureEvent,
  type OpenInfo,
  publish,
  type SubscribeOptions,
  subscribe,
  type Target,
} from '../src/index.ts';

const SECRET = 'a secret that is long enough for HS256';
const TOPIC = 'https://app.example/books/1';

async function startHub(options: Partial<HubOptions> = {}) {
  const { handler, close } = createHub({
    publisherKey: { secret: SECRET },
    subscriberKey: { secret: SECRET },
    retryMs: 1,
    publicUrl: () => server.url,
    ...options,
  });
  const server = await listen((request, response) => void handler(request, response));
  onTestFinished(async () => {
    await close();
    await server.close();
  });
  const hub = `${server.url}/.well-known/mercure`;
  const publisher = await mintClaimToken({ secret: SECRET, publish: ['*'] });
  const subscriber = await mintClaimToken({ secret: SECRET, subscribe: [TOPIC] });
  return { hub, publisher, subscriber, server };
}

/** Subscribes, and gives what happens as promises. */
function listenTo(
  hub: string,
  token: string,
  options: Partial<SubscribeOptions> = {},
  target: Omit<Target, 'hub' | 'token'> = { topics: [TOPIC] },
) {
  const events: MercureEvent[] = [];
  const opened: OpenInfo[] = [];
  const waiting = new Set<() => void>();
  const until = (condition: () => boolean) =>
    new Promise<void>(resolve => {
      const check = () => {
        if (!condition()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const notify = () => {
    for (const check of [...waiting]) check();
  };
  const subscription = subscribe(
    { hub, ...target, token },
    {
      backoff: { minDelayMs: 5, maxDelayMs: 20 },
      ...options,
      onEvent: event => {
        events.push(event);
        notify();
      },
      onOpen: info => {
        opened.push(info);
        notify();
      },
      onStateChange: notify,
    },
  );
  onTestFinished(() => subscription.close());
  return { subscription, events, opened, until };
}

test('a private update reaches a subscriber whose token names its topic, with all its fields', async () => {
  const { hub, publisher, subscriber } = await startHub();
  const { events, opened, until } = listenTo(hub, subscriber);
  await until(() => opened.length === 1);
  const id = await publish({
    hub,
    token: publisher,
    topics: [TOPIC, 'https://app.example/books'],
    data: 'first line\nsecond line: é 👋',
    type: 'changed',
    id: 'urn:example:1',
    retryMs: 3,
    private: true,
  });
  await until(() => events.length === 1);
  expect(id).toBe('urn:example:1');
  expect(events).toEqual([{ id, type: 'changed', data: 'first line\nsecond line: é 👋' }]);
});

const audienceOf = (hub: string) => ({ secret: SECRET, issuer: new URL(hub).origin, audience: hub });
test.each([
  {
    generation: '0.x' as const,
    target: { topics: ['https://app.example/books/{id}'] },
    mintPublisher: () => mintClaimToken({ secret: SECRET, publish: ['*'] }),
    mintSubscriber: () => mintClaimToken({ secret: SECRET, subscribe: [TOPIC] }),
  },
  {
    generation: '1.0' as const,
    target: { match: ['https://elsewhere.example'], matchUrlPattern: ['https://app.example/books/:id'] },
    mintPublisher: (hub: string) => mintAccessToken({ ...audienceOf(hub), publish: ['*'] }),
    mintSubscriber: (hub: string) => mintAccessToken({ ...audienceOf(hub), subscribe: [TOPIC] }),
  },
])(
  'it speaks $generation with a hub that speaks nothing else, and sees that nothing was lost',
  async ({ generation, target, mintPublisher, mintSubscriber }) => {
    const { hub } = await startHub({ generations: [generation] });
    const publisher = await mintPublisher(hub);
    const send = (data: string) => publish({ hub, token: publisher, topics: TOPIC, data, private: true });
    const { subscription, events, opened, until } = listenTo(hub, await mintSubscriber(hub), {}, target);
    await until(() => opened.length === 1);
    await send('1');
    await until(() => events.length === 1);
    subscription.reconnect();
    await send('2');
    await until(() => events.length === 2 && opened.length === 2);
    expect(events.map(({ data }) => data)).toEqual(['1', '2']);
    expect(opened.map(({ historyLost }) => historyLost)).toEqual([false, false]);
  },
);

test('the hub chooses the id that the publisher does not', async () => {
  const { hub, publisher, subscriber } = await startHub();
  const { events, opened, until } = listenTo(hub, subscriber);
  await until(() => opened.length === 1);
  const id = await publish({ hub, token: publisher, topics: TOPIC, private: true });
  await until(() => events.length === 1);
  expect(events).toEqual([{ id, type: 'message', data: '' }]);
});

test('what is published as ephemeral is not in the history of a hub that knows the field', async () => {
  const { hub, publisher, subscriber } = await startHub();
  const send = (data: string, ephemeral: boolean) =>
    publish({ hub, token: publisher, topics: TOPIC, data, private: true, ephemeral });
  await send('a cursor', true);
  await send('an edit', false);
  const { events, until } = listenTo(hub, subscriber, { lastEventId: 'earliest' });
  await until(() => events.length > 0);
  expect(events.map(({ data }) => data)).toEqual(['an edit']);
});

test('what was published meanwhile arrives after a reconnection, once', async () => {
  const { hub, publisher, subscriber } = await startHub();
  const { subscription, events, opened, until } = listenTo(hub, subscriber);
  await until(() => opened.length === 1);
  const send = (data: string) => publish({ hub, token: publisher, topics: TOPIC, data, private: true });
  await send('1');
  await until(() => events.length === 1);

  const before = send('2');
  subscription.reconnect();
  await before;
  await send('3');
  await until(() => events.length === 3);
  expect(events.map(({ data }) => data)).toEqual(['1', '2', '3']);
  expect(opened.at(-1)).toEqual({ lastEventId: events[0]?.id, historyLost: false });
});

test('a subscriber survives the restart of its hub, and learns that history is gone', async () => {
  const { hub, publisher, subscriber, server } = await startHub();
  const { events, opened, until } = listenTo(hub, subscriber);
  await until(() => opened.length === 1);
  await publish({ hub, token: publisher, topics: TOPIC, data: 'before', private: true });
  await until(() => events.length === 1);

  const { port } = new URL(server.url);
  await server.close();
  const successor = createHub({ publisherKey: { secret: SECRET }, subscriberKey: { secret: SECRET } });
  const restarted = createServer((request, response) => void successor.handler(request, response));
  await new Promise<void>(resolve => restarted.listen(Number(port), '127.0.0.1', resolve));
  onTestFinished(async () => {
    await successor.close();
    restarted.closeAllConnections();
    restarted.close();
  });
  await until(() => opened.length === 2);
  expect(opened[1]).toMatchObject({ historyLost: true });
  await publish({ hub, token: publisher, topics: TOPIC, data: 'after', private: true });
  await until(() => events.length === 2);
  expect(events.map(({ data }) => data)).toEqual(['before', 'after']);
});

test('a token of another key closes the subscription with the status', async () => {
  const { hub } = await startHub();
  const token = await mintClaimToken({ secret: 'quite another secret, just as long', subscribe: [TOPIC] });
  const { subscription, until } = listenTo(hub, token);
  await until(() => subscription.state.status === 'closed');
  expect(subscription.state).toMatchObject({ status: 'closed', error: { code: 'refused', status: 401 } });
});

test('a refused publication rejects with status and explanation', async () => {
  const { hub, subscriber } = await startHub();
  const error = await publish({ hub, token: subscriber, topics: TOPIC }).catch(reason => reason);
  expect(error).toBeInstanceOf(MercureError);
  expect(error).toMatchObject({ code: 'refused', status: 403, explanation: expect.stringMatching(/\S/) });
});

test('a hub that is not there is unreachable; an abort is an abort', async () => {
  const { hub, publisher, server } = await startHub();
  const reason = new Error('enough');
  const aborted = publish({ hub, token: publisher, topics: TOPIC, signal: AbortSignal.abort(reason) });
  await expect(aborted).rejects.toBe(reason);
  await server.close();
  await expect(publish({ hub, token: publisher, topics: TOPIC })).rejects.toMatchObject({
    code: 'unreachable',
  });
});

test('an update without a topic is refused before it is sent', async () => {
  await expect(publish({ hub: 'http://hub.invalid', topics: [] })).rejects.toThrow(TypeError);
});
