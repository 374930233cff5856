import { createRandom } from '@cahier/testing';
import { expect, it } from 'vitest';
import { describeTransport } from '../../test/transport-contract.ts';
import { createUpdate, EARLIEST, type Update } from '../messages/update.ts';
import { memoryTransport } from './memory-transport.ts';

describeTransport('memory', async limits => memoryTransport(limits));

const update = (id: string, bytes: number) =>
  createUpdate({ topics: 'a', id, data: 'x'.repeat(bytes) }, 10_000);

it('M1 keeps no more bytes than it may, but always the newest event', async () => {
  const transport = memoryTransport({ maxBytes: 1_000 });
  for (const id of ['1', '2', '3']) await transport.publish(update(id, 400));
  const kept = async () =>
    (await transport.read((await transport.find(EARLIEST)) ?? 0n, 10))?.map(event => event.update.id);
  expect(await kept()).toEqual(['2', '3']);
  await transport.publish(update('4', 5_000));
  expect(await transport.find('2')).toBeUndefined();
  expect(transport.lastEventId).toBe('4');
  expect(await kept()).toEqual(['4']);
});

it.each([{ maxEvents: 0 }, { maxBytes: -1 }, { maxEvents: 1.5 }, { maxBytes: Number.NaN }])(
  'M2 refuses the bound %j',
  options =>
    expect(() => memoryTransport(options)).toThrow(expect.objectContaining({ code: 'options_invalid' })),
);

it('X2 gives back what it was given, whatever its size and script, up to its bounds', async () => {
  const random = createRandom();
  const maxBytes = 50_000;
  const transport = memoryTransport({ maxBytes });
  const text = (most: number) => random.pick(['x', 'é', '字', '🙂']).repeat(random.integer(1, most));
  const sizeOf = ({ id, type = '', retry, topics, data }: Update) =>
    Buffer.byteLength(id + type + (retry ?? '') + topics.join('') + data);
  const kept: Update[] = [];
  let bytes = 0;
  for (let count = 1; count <= 2_000; count++) {
    const published = createUpdate(
      {
        topics: Array.from({ length: random.integer(1, 3) }, (_, index) => `${index}${text(50)}`),
        data: text(random.chance(0.01) ? 30_000 : 500),
        private: random.chance(),
        ...(random.chance() && { type: text(10) }),
        ...(random.chance() && { retry: random.integer(0, 100_000) }),
      },
      1_000_000,
    );
    await transport.publish(published);
    kept.push(published);
    bytes += sizeOf(published);
    while (bytes > maxBytes && kept.length > 1) bytes -= sizeOf(kept.shift() as Update);
    if (count % 100 !== 0) continue;
    expect(transport.historySize).toEqual({ events: kept.length, bytes });
    const before = BigInt(count - kept.length);
    const events = await transport.read(before, 10_000);
    expect(events?.map(({ update }) => update)).toEqual(kept);
    expect(events?.map(({ position }) => position - before)).toEqual(
      kept.map((_, index) => BigInt(index + 1)),
    );
  }
});

it('X9 finds the same events whenever it is asked, however many there are', async () => {
  const random = createRandom();
  const maxEvents = 12_000;
  const transport = memoryTransport({ maxEvents });
  const ids: string[] = [];
  for (let rounds = 0; rounds < 8; rounds++) {
    for (let left = random.integer(1, 9_000); left > 0; left--) {
      const id = String(random.integer(0, 50_000));
      ids.push(id);
      await transport.publish(update(id, 1));
    }
    const kept = Math.max(0, ids.length - maxEvents);
    for (let asked = 0; asked < 200; asked++) {
      const id = ids[random.integer(0, ids.length - 1)] as string;
      const index = ids.indexOf(id, kept);
      // The event that was discarded last is still known by its id.
      const expected = index === -1 && ids[kept - 1] === id ? kept - 1 : index;
      expect(await transport.find(id)).toBe(expected === -1 ? undefined : BigInt(expected + 1));
    }
  }
});
