import { setImmediate } from 'node:timers/promises';
import { createRandom, listen, openEventStream, type Random } from '@cahier/testing';
import { expect, it } from 'vitest';
import { createHub, type LiveEvent, memoryTransport, type Transport } from '../src/index.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const STREAMS = 40;
const EVENTS = 300;
const CROWD = 200;

/** The memory transport as a database or another machine would be: reads take a while, and events arrive late. */
function lateTransport(random: Random): Transport {
  const memory = memoryTransport();
  const aWhile = async () => {
    for (let turns = random.integer(0, 5); turns > 0; turns--) await setImmediate();
  };
  return {
    get lastEventId() {
      return memory.lastEventId;
    },
    async publish(update) {
      await aWhile();
      await memory.publish(update);
    },
    listen(listener) {
      let inOrder = Promise.resolve();
      return memory.listen((event: LiveEvent) => {
        inOrder = inOrder.then(aWhile).then(() => listener(event));
      });
    },
    find: id => memory.find(id),
    async read(after, limit) {
      await aWhile();
      const page = await memory.read(after, Math.min(limit, random.integer(1, 20)));
      await aWhile();
      return page;
    },
    ready: () => memory.ready(),
    close: () => memory.close(),
  };
}

it('H5 streams that open at any moment get every event once and in order, however late the transport is', async () => {
  const random = createRandom();
  const keys = { publisherKey: { secret }, subscriberKey: { secret } };
  const hub = createHub({ ...keys, anonymous: true, transport: lateTransport(random) });
  await using server = await listen(hub.handler);
  const { id: start } = await hub.publish({ topics: 'a', data: 'start' });

  const published: string[] = [];
  const publishing = (async () => {
    for (let number = 0; number < EVENTS; number++) {
      published.push(String(number));
      await hub.publish({ topics: 'a', data: String(number) });
    }
  })();
  const streams = [];
  for (let count = 0; count < STREAMS; count++) {
    for (let turns = random.integer(0, 20); turns > 0; turns--) await setImmediate();
    streams.push(await openEventStream(`${server.url}/.well-known/mercure?topic=a&last_event_id=${start}`));
  }
  await publishing;
  for (const stream of streams) {
    await stream.nextMatching(event => event.data === published.at(-1));
    expect(stream.events.map(event => event.data)).toEqual(published);
  }
  await hub.close();
});

it('H5 what is published while a stream is told that the history has ended comes to it', async () => {
  const transport = memoryTransport();
  const read = transport.read.bind(transport);
  const answered = Promise.withResolvers<void>();
  const underWay = Promise.withResolvers<void>();
  transport.read = async (after, limit) => {
    const page = await read(after, limit);
    underWay.resolve();
    await answered.promise;
    return page;
  };
  const hub = createHub({
    publisherKey: { secret },
    subscriberKey: { secret },
    anonymous: true,
    transport,
  });
  await using server = await listen(hub.handler);
  const { id } = await hub.publish({ topics: 'a', data: '1' });
  await using stream = await openEventStream(`${server.url}/.well-known/mercure?topic=a&last_event_id=${id}`);
  await underWay.promise;
  await hub.publish({ topics: 'a', data: '2' });
  answered.resolve();
  expect((await stream.next()).data).toBe('2');
  await hub.publish({ topics: 'a', data: '3' });
  expect((await stream.next()).data).toBe('3');
  await hub.close();
});

it('H12 streams that resume together from nearly the same event share what is read of the history', async () => {
  const random = createRandom();
  const transport = memoryTransport();
  const released = Promise.withResolvers<void>();
  let reads = 0;
  const read = transport.read.bind(transport);
  transport.read = async (after, limit) => {
    reads++;
    await released.promise;
    return read(after, limit);
  };
  const hub = createHub({
    publisherKey: { secret },
    subscriberKey: { secret },
    anonymous: true,
    transport,
  });
  await using server = await listen(hub.handler);
  const ids: string[] = [];
  for (let number = 0; number < EVENTS; number++) {
    ids.push((await hub.publish({ topics: number % 3 === 0 ? 'b' : 'a', data: String(number) })).id);
  }
  const crowd = await Promise.all(
    Array.from({ length: CROWD }, async () => {
      // Of the last hundred.
      const missed = random.integer(1, 100);
      const topic = random.pick(['a', 'b']);
      const query = new URLSearchParams({ topic, last_event_id: ids.at(-missed - 1) ?? '' });
      const stream = await openEventStream(`${server.url}/.well-known/mercure?${query}`);
      return { stream, topic, missed };
    }),
  );
  released.resolve();
  for (const topic of ['a', 'b']) await hub.publish({ topics: topic, data: 'end' });
  for (const { stream, topic, missed } of crowd) {
    await stream.nextMatching(({ data }) => data === 'end');
    const expected = ids.map((_, number) => number).slice(-missed);
    expect(stream.events.map(({ data }) => data)).toEqual([
      ...expected.filter(number => (number % 3 === 0) === (topic === 'b')).map(String),
      'end',
    ]);
    await stream.close();
  }
  // Of two hundred in any order some six are each the furthest behind so far; the others are done by then.
  expect(reads).toBeLessThan(CROWD / 5);
  await hub.close();
});

it('H2 whoever wants all there is gets it from a full history that goes on being discarded', async () => {
  const keys = { publisherKey: { secret }, subscriberKey: { secret }, publicUrl: 'https://hub.example' };
  const transport = memoryTransport({ maxEvents: 5 });
  // Its own beginning is announced, and pushes the oldest event out.
  const hub = createHub({ ...keys, anonymous: true, subscriptions: true, transport });
  await using server = await listen(hub.handler);
  for (let number = 1; number <= 8; number++) await hub.publish({ topics: 'a', data: String(number) });
  for (const cursor of ['earliest', 'urn:x:unknown']) {
    await using stream = await openEventStream(
      `${server.url}/.well-known/mercure?topic=a&last_event_id=${cursor}`,
    );
    await stream.nextMatching(({ data }) => data === '8');
    expect(stream.headers['mercure-last-event-id']).toBe('earliest');
  }
  await hub.close();
});

it('H7 a stream that the history outruns ends, so that its client learns of the loss', async () => {
  const memory = memoryTransport({ maxEvents: 2 });
  let outrun = async () => {};
  const read = memory.read.bind(memory);
  memory.read = async (after, limit) => {
    await outrun();
    return read(after, limit);
  };
  const hub = createHub({
    publisherKey: { secret },
    subscriberKey: { secret },
    anonymous: true,
    transport: memory,
  });
  await using server = await listen(hub.handler);
  const { id } = await hub.publish({ topics: 'a', data: '1' });
  outrun = async () => {
    for (const data of ['2', '3', '4']) await hub.publish({ topics: 'a', data });
  };
  const url = `${server.url}/.well-known/mercure?topic=a&last_event_id=${id}`;
  await using stream = await openEventStream(url);
  expect(await stream.closed).toBe('ended');
  expect(stream.events).toEqual([]);

  outrun = async () => {};
  await using again = await openEventStream(url);
  expect(again.headers['mercure-last-event-id']).toBe('earliest');
  expect((await again.next()).data).toBe('3');
  await hub.close();
});
