import { DOCUMENT_ROOT, type DocumentEvent } from '@cahier/protocol';
import { createRandom, type Random } from '@cahier/testing';
import {
  createProvider,
  createSharedStreams,
  type Provider,
  type ProviderState,
  type SharedStreams,
} from '@cahier/y-mercure';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import * as Y from 'yjs';
import { type Actor, startApp, type TestApp } from '../support.ts';
import { contentOf, openDocument, textOf, until } from './editing.ts';

const DOCUMENTS = 6;
const ROUNDS = 80;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app[Symbol.asyncDispose]());

/** A document that somebody has open in a tab, and what came of it down the stream. */
interface Opened {
  readonly documentId: string;
  readonly provider: Provider;
  /** The number of each entry that an event brought, in the order in which they came. */
  readonly brought: number[];
}

/** A tab of a browser: of all tabs of a person one has a stream, and tells the others what comes down it. */
class Tab {
  readonly opened = new Map<string, Opened>();
  readonly #actor: Actor;
  readonly #streams: SharedStreams;

  constructor(actor: Actor) {
    this.#actor = actor;
    this.#streams = createSharedStreams({
      userId: actor.person.id,
      baseUrl: app.url,
      api: actor.api,
      backoff: { minDelayMs: 5, maxDelayMs: 50 },
    });
    onTestFinished(() => this.#streams.close());
  }

  open(documentId: string): Opened {
    const brought: number[] = [];
    const note = (event: DocumentEvent) => {
      if (event.type === 'updates') brought.push(...event.updates.map(({ seq }) => seq));
    };
    const provider = createProvider({
      documentId,
      baseUrl: app.url,
      api: this.#actor.api,
      streams: {
        listen: (id, listener) =>
          this.#streams.listen(id, {
            ...listener,
            onEvent(event) {
              note(event);
              listener.onEvent(event);
            },
          }),
      },
      backoff: { minDelayMs: 5, maxDelayMs: 50 },
    });
    const opened = { documentId, provider, brought };
    this.opened.set(documentId, opened);
    onTestFinished(() => provider.destroy());
    return opened;
  }

  /** What is written in it is sent before. */
  async close(documentId: string): Promise<Opened | undefined> {
    const opened = this.opened.get(documentId);
    this.opened.delete(documentId);
    await opened?.provider.destroy();
    return opened;
  }

  /** The tab goes, with its part in the stream first, as when it is killed. */
  async leave(): Promise<void> {
    this.#streams.close();
    await Promise.all([...this.opened.keys()].map(documentId => this.close(documentId)));
  }
}

/** Somebody else, who has all documents open all the time, and marks each of their edits. */
async function startWriter(random: Random, documentIds: readonly string[], actor: Actor) {
  const providers = await Promise.all(documentIds.map(documentId => openDocument(app, actor, documentId)));
  let count = 0;
  return {
    providers,
    get count() {
      return count;
    },
    async write() {
      const provider = random.pick(providers);
      textOf(provider).insert(0, `w${++count} `);
      if (random.chance(0.3)) await provider.flush();
    },
  };
}

/** Nobody found a difference between their document and the log, which would have been made up for. */
function expectNothingMended() {
  const { differences } = app.services.comparisons;
  expect(Object.values(differences).every(count => count === 0)).toBe(true);
}

const isOpen = (state: ProviderState) => state.phase === 'live' && state.stream === 'open';

test.each([
  ['one tab', 1],
  ['three tabs that share a stream', 3],
])(
  'documents opened and closed at random while others write into them lose and repeat nothing: %s',
  async (_, tabCount) => {
    const random = createRandom();
    const [owner, person] = [app.actor(), app.actor()];
    const documentIds = await Promise.all(
      Array.from({ length: DOCUMENTS }, () => app.document(owner, [[person, 'editor']])),
    );
    const writer = await startWriter(random, documentIds, owner);
    const tabs = Array.from({ length: tabCount }, () => new Tab(person));
    const closed: Opened[] = [];
    let marks = 0;

    for (let round = 0; round < ROUNDS; round++) {
      await writer.write();
      const tab = random.pick(tabs);
      const documentId = random.pick(documentIds);
      const opened = tab.opened.get(documentId);
      if (opened === undefined) {
        const { provider } = tab.open(documentId);
        // Else the stream would hardly ever be open.
        if (random.chance()) await until(provider, isOpen);
      } else if (random.chance(0.3)) closed.push((await tab.close(documentId)) as Opened);
      else if (opened.provider.state.phase === 'live') textOf(opened.provider).insert(0, `t${++marks} `);
      if (random.chance(0.1)) {
        // Perhaps the one that has the stream; another document is opened at the same moment.
        const [gone] = tabs.splice(tabs.indexOf(tab), 1, new Tab(person));
        closed.push(...(gone?.opened.values() ?? []));
        const leaving = gone?.leave();
        const other = random.pick(tabs);
        const next = random.pick(documentIds);
        if (!other.opened.has(next)) other.open(next);
        await leaving;
      }
    }

    const open = tabs.flatMap(tab => [...tab.opened.values()]);
    const everybody = [...writer.providers, ...open.map(({ provider }) => provider)];
    await Promise.all(everybody.map(provider => until(provider, isOpen)));
    await Promise.all(everybody.map(provider => provider.flush()));
    const words: string[] = [];
    for (const documentId of documentIds) {
      const { updates, snapshot, seq } = await owner.api.readLog({ params: { documentId }, query: {} });
      expect(snapshot).toBeNull();
      expect(updates.map(entry => entry.seq)).toEqual(Array.from({ length: seq }, (_, index) => index + 1));
      const doc = new Y.Doc();
      for (const { update } of updates) Y.applyUpdate(doc, Buffer.from(update, 'base64'));
      const content = doc.getText(DOCUMENT_ROOT).toString();
      words.push(...content.trim().split(' '));
      for (const provider of everybody.filter(each => each.documentId === documentId)) {
        await vi.waitFor(() => expect(contentOf(provider)).toBe(content), { timeout: 30_000, interval: 20 });
      }
    }
    const written = [
      ...Array.from({ length: writer.count }, (_, index) => `w${index + 1}`),
      ...Array.from({ length: marks }, (_, index) => `t${index + 1}`),
    ];
    expect(words.filter(word => word !== '').sort()).toEqual(written.sort());

    const brought = [...open, ...closed].map(opened => opened.brought);
    for (const numbers of brought) expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    // Else nothing of this would have been tried.
    expect(brought.flat().length).toBeGreaterThan(0);
    expectNothingMended();
  },
);

test('what is written once, while the tab with the stream closes and another one opens a document, is not missed', async () => {
  const [owner, person] = [app.actor(), app.actor()];
  const makeDocument = () => app.document(owner, [[person, 'editor']]);
  const documentId = await makeDocument();
  const writer = await openDocument(app, owner, documentId);
  let leader = new Tab(person);
  await until(leader.open(documentId).provider, isOpen);
  for (let round = 0; round < 12; round++) {
    const follower = new Tab(person);
    const { provider, brought } = follower.open(documentId);
    await until(provider, isOpen);
    const another = await makeDocument();
    textOf(writer).insert(0, `${round} `);
    // Sooner or later in the change of streams, and never followed by another edit that would show that it is missing.
    const steps = [() => leader.leave(), () => follower.open(another), () => writer.flush()];
    await Promise.all([...steps.slice(round % 3), ...steps.slice(0, round % 3)].map(step => step()));
    await vi.waitFor(() => expect(contentOf(provider)).toBe(contentOf(writer)), {
      timeout: 30_000,
      interval: 5,
    });
    expect(brought).toEqual([...new Set(brought)]);
    leader = follower;
  }
  expectNothingMended();
});
