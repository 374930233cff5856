import { createRandom, listen, mintAccessToken, openEventStream } from '@cahier/testing';
import { expect, it } from 'vitest';
import { createHub, type Hub } from '../src/index.ts';
import { SharedLog } from './shared-log.ts';
import { describeTransport } from './transport-contract.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const publicUrl = 'https://hub.example';
const SUBSCRIPTIONS = '/.well-known/mercure/subscriptions';

describeTransport('a log that processes share', async ({ maxEvents }) => {
  return new SharedLog(maxEvents, createRandom()).connect().transport;
});

/** A hub as one process of several has it, on its own address. */
async function startHub(log: SharedLog) {
  const { transport, interrupt } = log.connect();
  const key = { secret };
  const hub: Hub = createHub({
    publisherKey: key,
    subscriberKey: key,
    publicUrl,
    anonymous: true,
    subscriptions: true,
    transport,
  });
  const server = await listen(hub.handler);
  const token = await mintAccessToken({
    secret,
    issuer: publicUrl,
    audience: `${publicUrl}/.well-known/mercure`,
    subscribe: ['*'],
  });
  const headers = { authorization: `Bearer ${token}` };
  return {
    hub,
    interrupt,
    subscribe: (query: Record<string, string>) =>
      openEventStream(`${server.url}/.well-known/mercure?${new URLSearchParams(query)}`, { headers }),
    list: async () => {
      const response = await fetch(server.url + SUBSCRIPTIONS, { headers });
      const { subscriptions } = (await response.json()) as { subscriptions: { match: string; id: string }[] };
      const [, cursor = ''] = response.headers.get('link')?.match(/last-event-id="([^"]+)"/) ?? [];
      return { subscriptions, cursor, etag: response.headers.get('etag') };
    },
    async [Symbol.asyncDispose]() {
      await hub.close();
      await server.close();
    },
  };
}

it('H5 streams get every event once and in order, whichever of several hubs has it and is asked', async () => {
  const log = new SharedLog(10_000, createRandom());
  await using first = await startHub(log);
  await using second = await startHub(log);
  const hubs = [first, second];
  const { id: start } = await first.hub.publish({ topics: 'a', data: 'start' });
  const streams = [];
  const publishing: Promise<unknown>[] = [];
  for (let number = 0; number < 200; number++) {
    const { hub } = hubs[number % 3 === 0 ? 0 : 1] ?? first;
    publishing.push(hub.publish({ topics: 'a', data: String(number) }));
    if (number % 20 !== 0) continue;
    streams.push(await (number % 40 === 0 ? first : second).subscribe({ match: 'a', last_event_id: start }));
  }
  await Promise.all(publishing);
  await first.hub.publish({ topics: 'a', data: 'end' });
  const received = await Promise.all(
    streams.map(async stream => {
      await stream.nextMatching(({ data }) => data === 'end');
      await stream.close();
      return stream.events.map(({ data }) => data);
    }),
  );
  const [order = []] = received;
  expect(
    order
      .slice(0, -1)
      .map(Number)
      .toSorted((a, b) => a - b),
  ).toEqual([...Array(200).keys()]);
  for (const one of received) expect(one).toEqual(order);
});

it('I3 an ephemeral update reaches the streams of all hubs', async () => {
  const log = new SharedLog(100, createRandom());
  await using first = await startHub(log);
  await using second = await startHub(log);
  await using stream = await second.subscribe({ match: 'a' });
  await first.hub.publish({ topics: 'a', data: 'here', ephemeral: true });
  expect((await stream.next()).data).toBe('here');
});

it('G2 tells the delivery latency of what its own process has published', async () => {
  await using only = await startHub(new SharedLog(100, createRandom()));
  await using stream = await only.subscribe({ match: 'a' });
  await only.hub.publish({ topics: 'a', data: 'x' });
  await stream.next();
  const { counts, beyond } = only.hub.statistics().deliveryLatency;
  expect(counts.reduce((sum, count) => sum + count, beyond)).toBe(1);
});

it('W10 lists the subscriptions of all hubs, alike on all of them, and leaves no change out', async () => {
  const log = new SharedLog(1_000, createRandom());
  await using first = await startHub(log);
  await using second = await startHub(log);
  const known = new Map<string, string>();
  await using follower = await first.subscribe({
    match_urlpattern: `${SUBSCRIPTIONS}/:type/:match/:subscriber`,
  });
  await using _a = await first.subscribe({ match: 'a' });
  const leaving = await second.subscribe({ match: 'b' });
  await follower.nextMatching(({ data }) => JSON.parse(data).match === 'b');

  const { subscriptions, cursor, etag } = await second.list();
  expect((await first.list()).etag).toBe(etag);
  for (const { id, match } of subscriptions) known.set(id, match);
  expect([...known.values()].filter(match => match.length === 1).sort()).toEqual(['a', 'b']);

  await leaving.close();
  await using _c = await second.subscribe({ match: 'c' });
  const last = await first.subscribe({
    match_urlpattern: `${SUBSCRIPTIONS}/:type/:match/:subscriber`,
    last_event_id: cursor,
  });
  await last.nextMatching(({ data }) => JSON.parse(data).match === 'c');
  for (const { data } of last.events) {
    const { id, match, active } = JSON.parse(data);
    if (active) known.set(id, match);
    else known.delete(id);
  }
  expect([...known.values()].filter(match => match.length === 1).sort()).toEqual(['a', 'c']);
  await last.close();
});

it('H11 ends its streams when the transport has lost events on their way, so that clients resume', async () => {
  const log = new SharedLog(20, createRandom());
  await using first = await startHub(log);
  await using second = await startHub(log);
  await using stream = await second.subscribe({ match: 'a' });
  const resume = second.interrupt();
  for (let number = 1; number <= 30; number++) await first.hub.publish({ topics: 'a', data: String(number) });
  resume();
  expect(await stream.closed).toBe('ended');
  expect(second.hub.statistics().subscribersDropped.history_lost).toBe(1);
  // Comes back to its own process when that has heard everything before it.
  const { id } = await second.hub.publish({ topics: 'a', data: 'known' });
  await second.hub.publish({ topics: 'a', data: 'end' });
  await using resumed = await second.subscribe({ match: 'a', last_event_id: id });
  expect((await resumed.next()).data).toBe('end');
});
