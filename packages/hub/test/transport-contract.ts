import { describe, expect, it } from 'vitest';
import { createUpdate, EARLIEST, type UpdateDraft } from '../src/messages/update.ts';
import type { LiveEvent, Position, Transport } from '../src/transports/transport.ts';

/**
 * What every transport promises the hub.
 *
 * @param create - makes an empty transport that keeps at least `maxEvents` events and discards older ones
 */
export function describeTransport(
  name: string,
  create: (limits: { maxEvents: number }) => Promise<Transport>,
): void {
  const withTransport = async (use: (transport: Transport) => Promise<void>, maxEvents = 1_000) => {
    const transport = await create({ maxEvents });
    try {
      await use(transport);
    } finally {
      await transport.close();
    }
  };
  const update = (data: string, draft: Partial<UpdateDraft> = {}) =>
    createUpdate({ topics: 'https://example.com/a', id: `urn:x:${data}`, data, ...draft }, 1_000_000);

  async function readAll(transport: Transport, after: Position, limit = 2): Promise<string[]> {
    const data: string[] = [];
    let position = after;
    for (;;) {
      const page = await transport.read(position, limit);
      if (page === undefined) throw new Error('The history has a hole');
      if (page.length === 0) return data;
      expect(page.length).toBeLessThanOrEqual(limit);
      for (const event of page) {
        expect(event.position).toBeGreaterThan(position);
        position = event.position;
        data.push(event.update.data);
      }
    }
  }

  async function find(transport: Transport, id: string): Promise<Position> {
    const position = await transport.find(id);
    if (position === undefined) throw new Error(`${id} is not in the history`);
    return position;
  }

  describe(`${name} as a transport`, () => {
    it('X1 begins empty', () =>
      withTransport(async transport => {
        expect(transport.lastEventId).toBe(EARLIEST);
        expect(await transport.find('urn:x:1')).toBeUndefined();
        expect(await readAll(transport, await find(transport, EARLIEST))).toEqual([]);
        expect(await transport.ready()).toBe(true);
      }));

    it('X2 keeps every field of an update', () =>
      withTransport(async transport => {
        const full = createUpdate(
          { topics: ['a', 'b'], id: 'urn:é', data: 'x\n\0✓', private: true, type: 't', retry: 7 },
          100,
        );
        await transport.publish(full);
        const page = await transport.read(await find(transport, EARLIEST), 10);
        expect(page?.map(event => event.update)).toEqual([full]);
        expect(transport.lastEventId).toBe('urn:é');
      }));

    it('X3 reads what came after an event, in order, page by page', () =>
      withTransport(async transport => {
        for (const data of ['1', '2', '3', '4', '5']) await transport.publish(update(data));
        expect(await readAll(transport, await find(transport, EARLIEST))).toEqual(['1', '2', '3', '4', '5']);
        expect(await readAll(transport, await find(transport, 'urn:x:2'))).toEqual(['3', '4', '5']);
        expect(await readAll(transport, await find(transport, 'urn:x:5'))).toEqual([]);
      }));

    it('X4 lets every listener have every event, when the history has it already', () =>
      withTransport(async transport => {
        const heard: Promise<LiveEvent>[] = [];
        const listen = () => {
          let hear: (event: LiveEvent) => void = () => {};
          heard.push(new Promise(resolve => (hear = resolve)));
          return transport.listen(event => hear(event));
        };
        listen();
        listen();
        await transport.publish(update('1'));
        for (const event of await Promise.all(heard)) {
          expect(event.update.data).toBe('1');
          expect(event.position).toBe(await find(transport, 'urn:x:1'));
        }
      }));

    it('X5 calls a listener in order of position, and no more once it has stopped', () =>
      withTransport(async transport => {
        const positions: Position[] = [];
        let enough: () => void = () => {};
        const all = new Promise<void>(resolve => (enough = resolve));
        const stop = transport.listen(({ position }) => {
          if (position !== undefined) positions.push(position);
          if (positions.length === 50) enough();
        });
        await Promise.all(Array.from({ length: 50 }, (_, index) => transport.publish(update(String(index)))));
        await all;
        expect(positions).toEqual(positions.toSorted((a, b) => (a < b ? -1 : 1)));
        expect(new Set(positions).size).toBe(50);
        stop();
        await transport.publish(update('unheard'));
        expect(await transport.find('urn:x:unheard')).toBeDefined();
        expect(positions.length).toBe(50);
      }));

    it('X6 delivers an ephemeral update and keeps nothing of it', () =>
      withTransport(async transport => {
        await transport.publish(update('1'));
        const heard = new Promise<LiveEvent>(resolve => transport.listen(resolve));
        await transport.publish(update('passing', { ephemeral: true }));
        expect(await heard).toMatchObject({ position: undefined, update: { data: 'passing' } });
        expect(transport.lastEventId).toBe('urn:x:1');
        expect(await transport.find('urn:x:passing')).toBeUndefined();
        expect(await readAll(transport, await find(transport, EARLIEST))).toEqual(['1']);
      }));

    it('X7 finds the earliest of several events with one id', () =>
      withTransport(async transport => {
        for (const data of ['1', '2', '3', '4']) {
          await transport.publish(
            update(data, { id: data === '1' || data === '4' ? 'urn:x:1' : 'urn:same' }),
          );
        }
        expect(await readAll(transport, await find(transport, 'urn:same'))).toEqual(['3', '4']);
        expect(await readAll(transport, await find(transport, 'urn:x:1'))).toEqual(['2', '3', '4']);
      }));

    it('X8 discards the oldest events, and says so to whoever asks for what followed them', () =>
      withTransport(async transport => {
        await transport.publish(update('first'));
        const first = await find(transport, 'urn:x:first');
        let newest = 0;
        while ((await transport.find('urn:x:first')) !== undefined)
          await transport.publish(update(String(++newest)));
        await transport.publish(update(String(++newest)));
        expect(await transport.read(first, 10)).toBeUndefined();
        const kept = await readAll(transport, await find(transport, EARLIEST));
        expect(kept.length).toBeGreaterThanOrEqual(5);
        expect(kept.at(-1)).toBe(String(newest));
        expect(kept).toEqual(kept.map((_, index) => String(newest - kept.length + 1 + index)));
      }, 5));

    it('X9 still finds a reused id when its earliest event has been discarded', () =>
      withTransport(async transport => {
        await transport.publish(update('1', { id: 'urn:same' }));
        for (let index = 2; index <= 4; index++) await transport.publish(update(String(index)));
        await transport.publish(update('5', { id: 'urn:same' }));
        let next = 5;
        while ((await transport.find('urn:x:2')) !== undefined)
          await transport.publish(update(String(++next)));
        const after = await readAll(transport, await find(transport, 'urn:same'));
        expect(after[0]).toBe('6');
      }, 5));

    it('X10 still knows the event that it discarded last, after which nothing is missing', () =>
      withTransport(async transport => {
        let newest = 0;
        for (; newest < 10; newest++) await transport.publish(update(String(newest)));
        let [oldest] = await readAll(transport, await find(transport, EARLIEST));
        while (oldest === '0') {
          await transport.publish(update(String(newest++)));
          [oldest] = await readAll(transport, await find(transport, EARLIEST));
        }
        const discarded = Number(oldest) - 1;
        const [first] = await readAll(transport, await find(transport, `urn:x:${discarded}`));
        expect(first).toBe(oldest);
        expect(await transport.find(`urn:x:${discarded - 1}`)).toBeUndefined();
      }, 5));

    it('X11 has published when the listeners of its own process have heard it, as what it was given', () =>
      withTransport(async transport => {
        const heard: LiveEvent[] = [];
        transport.listen(event => heard.push(event));
        for (const ephemeral of [false, true]) {
          const given = update('1', { ephemeral });
          await transport.publish(given);
          expect(heard.pop()?.update).toBe(given);
        }
      }));
  });
}
