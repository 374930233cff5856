import { listen, mintClaimToken, openEventStream } from '@cahier/testing';
import { expect, it } from 'vitest';
import { createHub, memoryTransport, renderMetrics } from '../src/index.ts';

const secret = '!ChangeThisMercureHubJWTSecretKey!';

/** The samples of a text in Prometheus' format, by name and labels; fails on a line that is not of it. */
function parse(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const described = new Set<string>();
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.slice(0, -1).split('\n')) {
    const [, comment, name] = line.match(/^# (HELP|TYPE) ([a-z_]+) \S/) ?? [];
    if (comment !== undefined && name !== undefined) {
      described.add(`${comment} ${name}`);
      continue;
    }
    const match = line.match(/^([a-z_]+)((?:\{(?:[a-z]+="(?:[^"\\]|\\["\\n])*",?)+\})?) (\S+)$/);
    if (match === null) throw new Error(`Not of the format: ${line}`);
    const [, sample = '', labels = '', value = ''] = match;
    const metric = sample.replace(/_(bucket|sum|count)$/, '');
    expect(described).toContain(`HELP ${described.has(`HELP ${metric}`) ? metric : sample}`);
    expect(samples.has(sample + labels)).toBe(false);
    samples.set(sample + labels, Number(value));
    expect(Number(value)).not.toBeNaN();
  }
  return samples;
}

it('G1 counts what happens under the names that dashboards know', async () => {
  const transport = memoryTransport({ maxEvents: 2 });
  const hub = createHub({
    publisherKey: { secret },
    subscriberKey: { secret },
    anonymous: true,
    transport,
    maxQueueBytesPerSubscriber: 100_000,
  });
  await using server = await listen(hub.handler);
  const url = `${server.url}/.well-known/mercure`;
  const metrics = () => parse(renderMetrics(hub.statistics()));
  expect(metrics().get('mercure_subscribers_connected')).toBe(0);

  const first = await openEventStream(`${url}?topic=a`);
  await using second = await openEventStream(`${url}?topic=a&topic=b`);
  await hub.publish({ topics: 'a', data: 'one' });
  await hub.publish({ topics: 'b', data: 'two' });
  await hub.publish({ topics: 'nobody listens', data: 'three' });
  await second.nextMatching(event => event.data === 'two');
  await first.close();
  await expect.poll(() => metrics().get('mercure_subscribers_connected')).toBe(1);
  await fetch(url, { method: 'POST' });
  await fetch(`${url}?topic=`);
  const publish = transport.publish.bind(transport);
  transport.publish = async () => {
    throw new Error('no room');
  };
  await expect(hub.publish({ topics: 'a' })).rejects.toThrow('no room');
  transport.publish = publish;

  const samples = metrics();
  expect(Object.fromEntries(samples)).toMatchObject({
    mercure_subscribers_connected: 1,
    mercure_subscribers_total: 2,
    mercure_updates_total: 3,
    mercure_updates_failed_total: 1,
    mercure_deliveries_total: 3,
    mercure_delivery_latency_seconds_count: 3,
    'mercure_delivery_latency_seconds_bucket{le="+Inf"}': 3,
    'mercure_requests_refused_total{code="token_missing"}': 1,
    'mercure_requests_refused_total{code="matcher_invalid"}': 1,
    'mercure_subscribers_dropped_total{reason="too_slow"}': 0,
    mercure_queue_bytes: 0,
    mercure_history_events: 2,
  });
  expect(samples.get('mercure_history_bytes')).toBeGreaterThan(0);
  const buckets = [...samples].filter(([name]) => name.includes('_bucket')).map(([, value]) => value);
  expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
  expect(samples.get('mercure_delivery_latency_seconds_sum')).toBeGreaterThan(0);
  await hub.close();
});

it('G2 shows the bytes that wait for slow subscribers, and counts those it dropped', async () => {
  const hub = createHub({
    publisherKey: { secret },
    subscriberKey: { secret },
    anonymous: true,
    maxQueueBytesPerSubscriber: 300_000,
  });
  await using server = await listen(hub.handler);
  await using stuck = await openEventStream(`${server.url}/.well-known/mercure?topic=a`);
  stuck.pause();
  const data = 'x'.repeat(100_000);
  let mostQueued = 0;
  while (hub.statistics().subscribersDropped.too_slow === 0) {
    const token = await mintClaimToken({ secret, publish: ['a'] });
    await fetch(`${server.url}/.well-known/mercure`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams({ topic: 'a', data }),
    });
    mostQueued = Math.max(mostQueued, hub.statistics().queueBytes);
  }
  expect(mostQueued).toBeGreaterThanOrEqual(100_000);
  expect(mostQueued).toBeLessThanOrEqual(300_000);
  expect(hub.statistics()).toMatchObject({ subscribersConnected: 0, queueBytes: 0 });
  await hub.close();
});

it('G3 writes what Prometheus reads, whatever the values', () => {
  const hub = createHub({ publisherKey: { secret }, subscriberKey: { secret } });
  const { deliveryLatency, ...statistics } = hub.statistics();
  const samples = parse(
    renderMetrics({
      ...statistics,
      deliveryLatency: { ...deliveryLatency, counts: deliveryLatency.counts.map(() => 1), beyond: 2 },
      requestsRefused: { 'a "quoted" \\ \n code': 1 },
      history: undefined,
    }),
  );
  expect(samples.get('mercure_requests_refused_total{code="a \\"quoted\\" \\\\ \\n code"}')).toBe(1);
  expect(samples.get('mercure_delivery_latency_seconds_bucket{le="0.001"}')).toBe(2);
  expect(samples.get('mercure_delivery_latency_seconds_count')).toBe(deliveryLatency.counts.length + 2);
  expect(samples.has('mercure_history_events')).toBe(false);
});
