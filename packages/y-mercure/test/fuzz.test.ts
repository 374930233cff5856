import { createRandom, type Random } from '@cahier/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { createMemoryQueue, createProvider, type Provider, type UpdateQueue } from '../src/index.ts';
import { DOCUMENT_ID, MemoryApp } from './memory-app.ts';

const ROUNDS = 25;
const STEPS_PER_ROUND = 80;
const WRITERS = 3;
/** The unreliable network delays requests, answers and events by less than this. */
const ANSWERS_ARE_IN_MS = 1_000;
const LONGEST_BACKOFF_MS = 31_000;
const documentId = DOCUMENT_ID;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A person at a desk: the provider may be replaced (the tab closed and opened again), the queue stays. */
interface Desk {
  readonly queue: UpdateQueue;
  provider: Provider;
}

/** A network and a hub that lose, repeat, delay and reorder, by the choices of `random`. */
function makeUnreliable(app: MemoryApp, random: Random): void {
  const later = (maxMs: number) =>
    new Promise<void>(resolve => setTimeout(resolve, random.integer(0, maxMs)));
  const lost = () => new TypeError('lost on the way');
  app.network = async (operation, deliver) => {
    switch (random.integer(0, 9)) {
      case 0:
        throw lost();
      case 1:
        await deliver();
        throw lost();
      case 2:
        await later(300);
        return deliver();
      case 3: {
        const answer = await deliver();
        await later(300);
        return answer;
      }
      case 4:
        // A proxy repeats what it believes to be idempotent.
        if (operation !== 'stream') await deliver();
        return deliver();
      case 5:
        return random.chance() ? new Response('<html>Bad gateway</html>', { status: 502 }) : deliver();
      default:
        return deliver();
    }
  };
  app.hub = tell => {
    switch (random.integer(0, 7)) {
      case 0:
        return;
      case 1:
        tell();
        tell();
        return;
      case 2:
      case 3:
        void later(200).then(tell);
        return;
      default:
        tell();
    }
  };
}

function makeReliable(app: MemoryApp): void {
  app.network = (_, deliver) => deliver();
  app.hub = tell => tell();
}

function edit(doc: Y.Doc, random: Random): void {
  const text = doc.getText('content');
  doc.transact(() => {
    for (let change = random.integer(1, 3); change > 0; change--) {
      const place = random.integer(0, text.length);
      if (text.length > 0 && random.chance(0.3)) {
        const start = Math.min(place, text.length - 1);
        text.delete(start, random.integer(1, text.length - start));
      } else if (random.chance(0.2) && text.length > 0) {
        text.format(0, random.integer(1, text.length), { bold: random.chance() });
      } else {
        text.insert(place, random.word(random.integer(1, 5)));
      }
    }
  });
}

/** Which elements each entry of the log brings; nothing may be brought twice. */
function elementsBroughtTwice(app: MemoryApp): string[] {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { seq, update } of app.documents.entries) {
    for (const { id, length } of Y.decodeUpdate(Buffer.from(update, 'base64')).structs) {
      for (let clock = id.clock; clock < id.clock + length; clock++) {
        const element = `${id.client}:${clock}`;
        if (seen.has(element)) twice.push(`${element} in entry ${seq}`);
        seen.add(element);
      }
    }
  }
  return twice;
}

/** Which clients' elements `doc` has more of than `server`. */
function missing(server: Y.Doc, doc: Y.Doc): number[] {
  const known = Y.decodeStateVector(Y.encodeStateVector(server));
  const here = Y.decodeStateVector(Y.encodeStateVector(doc));
  return [...here].filter(([client, clock]) => clock > (known.get(client) ?? 0)).map(([client]) => client);
}

const master = createRandom();

test.each(Array.from({ length: ROUNDS }, () => master.integer(0, 2 ** 32 - 1)))(
  'whatever network and hub do, all documents become equal and every edit is in the log once (seed %i)',
  async seed => {
    const random = createRandom(seed);
    vi.spyOn(Math, 'random').mockImplementation(random.next);
    const app = new MemoryApp();
    app.documents.pageSize = random.pick([1, 3, 1000]);
    makeUnreliable(app, random);

    let clientId = 0;
    const providers: Provider[] = [];
    const join = (queue: UpdateQueue): Provider => {
      const doc = new Y.Doc();
      doc.clientID = ++clientId;
      const provider = createProvider({
        documentId,
        doc,
        queue,
        baseUrl: 'http://app.example',
        fetch: app.fetch,
        silenceTimeoutMs: 10_000,
      });
      providers.push(provider);
      return provider;
    };
    const desks: Desk[] = Array.from({ length: WRITERS }, () => {
      const queue = createMemoryQueue();
      return { queue, provider: join(queue) };
    });

    for (let step = 0; step < STEPS_PER_ROUND; step++) {
      const desk = random.pick(desks);
      const { provider } = desk;
      switch (random.integer(0, 11)) {
        case 0:
          await vi.advanceTimersByTimeAsync(random.integer(0, 3_000));
          break;
        case 1:
          app.endStreams();
          break;
        case 2:
          app.documents.carriesUpdates = random.chance();
          break;
        case 3:
          if (random.chance(0.3)) {
            const closed = provider.destroy();
            await vi.advanceTimersByTimeAsync(ANSWERS_ARE_IN_MS);
            await closed;
            desk.provider = join(desk.queue);
          }
          break;
        case 4:
          // "Saved" is a promise: all that this document holds is in the log at this very moment.
          if (provider.state.phase === 'live' && provider.state.save === 'saved') {
            expect(missing(app.documents.read(), provider.doc)).toEqual([]);
          }
          break;
        case 5:
          await vi.advanceTimersByTimeAsync(random.integer(0, 20));
          break;
        default:
          edit(provider.doc, random);
          if (random.chance()) await vi.advanceTimersByTimeAsync(0);
      }
    }

    makeReliable(app);
    app.endStreams();
    const flushed = Promise.all(desks.map(({ provider }) => provider.flush()));
    await vi.advanceTimersByTimeAsync(LONGEST_BACKOFF_MS);
    await flushed;
    for (const { provider } of desks) provider.retry();
    await vi.advanceTimersByTimeAsync(0);

    const server = app.documents.read();
    expect(server.store.pendingStructs).toBeNull();
    for (const { provider } of desks) {
      expect(provider.state).toMatchObject({ phase: 'live', save: 'saved', unsent: 0, stream: 'open' });
      expect(provider.doc.getText('content').toDelta()).toEqual(server.getText('content').toDelta());
      expect(Y.equalSnapshots(Y.snapshot(provider.doc), Y.snapshot(server))).toBe(true);
    }
    expect(elementsBroughtTwice(app)).toEqual([]);
    expect(new Set(app.documents.entries.map(({ batch }) => batch)).size).toBe(app.documents.entries.length);

    const left = Promise.all(providers.map(provider => provider.destroy()));
    await vi.advanceTimersByTimeAsync(ANSWERS_ARE_IN_MS);
    await left;
    expect(vi.getTimerCount()).toBe(0);
  },
);
