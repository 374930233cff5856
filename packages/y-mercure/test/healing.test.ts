import type { LogEntry } from '@cahier/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { createMemoryQueue, createProvider, type Provider, type ProviderOptions } from '../src/index.ts';
import { Writer } from './edits.ts';
import { DOCUMENT_ID, MemoryApp } from './memory-app.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5); // The jitter.
});
const opened: Provider[] = [];
afterEach(async () => {
  const destroyed = Promise.all(opened.splice(0).map(provider => provider.destroy()));
  await vi.advanceTimersByTimeAsync(60_000);
  await destroyed;
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const NOTHING = Buffer.from([0, 0]).toString('base64');
const MINUTE_MS = 60_000;
const minutes = (count: number) => vi.advanceTimersByTimeAsync(count * MINUTE_MS);

async function open(app = new MemoryApp(), options: Partial<ProviderOptions> = {}) {
  const provider = createProvider({
    documentId: DOCUMENT_ID,
    baseUrl: 'http://app.example',
    fetch: app.fetch,
    ...options,
  });
  opened.push(provider);
  await vi.advanceTimersByTimeAsync(0);
  expect(provider.state).toMatchObject({ phase: 'live', stream: 'open' });
  const content = provider.doc.getText('content');
  return { app, documents: app.documents, provider, doc: provider.doc, content };
}

/** Somebody else writes, and what comes down the stream claims to be that, but is `update`. */
function writeGarbled(
  { documents, emit }: Garbling,
  change: (doc: Y.Doc) => void,
  update = NOTHING,
): LogEntry {
  const entry = documents.write(change, { quietly: true });
  emit({ type: 'updates', updates: [{ ...entry, update }] });
  return entry;
}
interface Garbling {
  readonly documents: MemoryApp['documents'];
  readonly emit: MemoryApp['emit'];
}
const garbled = (app: MemoryApp): Garbling => ({
  documents: app.documents,
  emit: event => app.emit(event),
});

/** What was said to be mended, in the comparisons that proved it. */
const mended = ({ documents }: MemoryApp) =>
  documents
    .asked('POST compare')
    .map(body => (body as { mended: string | null }).mended)
    .filter(difference => difference !== null);

/** Document and log hold the same, and nothing is on its way. */
function expectWhole({ documents }: MemoryApp, provider: Provider) {
  expect(provider.doc.store.pendingStructs).toBeNull();
  expect(Y.equalSnapshots(Y.snapshot(provider.doc), Y.snapshot(documents.read()))).toBe(true);
  expect(provider.doc.getText('content').toString()).toBe(documents.text);
  expect(provider.state).toMatchObject({ phase: 'live', save: 'saved' });
}

test('an edit that was missed while it was believed to be here comes without anybody noticing', async () => {
  const { app, provider, content } = await open();
  content.insert(0, 'mine');
  await provider.flush();
  writeGarbled(garbled(app), doc => doc.getText('content').insert(0, 'theirs and '));
  await vi.advanceTimersByTimeAsync(0);
  expect(content.toString()).toBe('mine');
  const states: string[] = [];
  provider.subscribe(() => states.push(provider.state.phase));
  await minutes(4);
  expect(content.toString()).toBe('theirs and mine');
  expectWhole(app, provider);
  expect(mended(app)).toEqual(['behind']);
  expect(states.every(phase => phase === 'live')).toBe(true);
});

test('so does a deletion that was missed, which no state vector shows', async () => {
  const app = new MemoryApp();
  app.documents.write(doc => doc.getText('content').insert(0, 'keep and drop'));
  const { provider, content } = await open(app);
  writeGarbled(garbled(app), doc => doc.getText('content').delete(4, 9));
  await minutes(4);
  expect(content.toString()).toBe('keep');
  expectWhole(app, provider);
  expect(mended(app)).toEqual(['behind']);
});

test('who may only read is brought what is missing, too', async () => {
  const { app, provider, content } = await open(new MemoryApp(), { readOnly: true });
  writeGarbled(garbled(app), doc => doc.getText('content').insert(0, 'news'));
  await minutes(4);
  expect(content.toString()).toBe('news');
  expectWhole(app, provider);
  expect(app.documents.asked('POST updates')).toEqual([]);
  expect(mended(app)).toEqual(['behind']);
});

test('what a server lost, and only somebody who may not write still has, is reported, and sent as soon as they may', async () => {
  const app = new MemoryApp();
  app.documents.write(doc => doc.getText('content').insert(0, 'kept'));
  const { documents, provider, doc } = await open(app, { readOnly: true });
  documents.write(doc => doc.getText('content').insert(4, ' and lost'));
  await vi.advanceTimersByTimeAsync(0);
  documents.entries.pop();
  documents.epoch = 'restored';
  app.endStreams();
  await minutes(60);
  expect(doc.getText('content').toString()).toBe('kept and lost');
  expect(documents.asked('POST updates')).toEqual([]);
  expect(documents.text).toBe('kept');
  expect(new Set(mended(app))).toEqual(new Set(['ahead']));
  expect(documents.asked('POST compare').length).toBeLessThan(15);

  // Their role changes: the same document is opened for writing.
  await provider.destroy();
  const writing = await open(app, { doc });
  await minutes(1);
  expect(documents.text).toBe('kept and lost');
  expectWhole(app, writing.provider);
});

test('what a server lost that was restored from a backup, and has been written to since, is sent again', async () => {
  const { app, documents, provider, content } = await open();
  content.insert(0, 'kept');
  await provider.flush();
  await minutes(4);
  content.insert(4, ' and lost');
  await provider.flush();
  documents.entries.pop();
  documents.write(doc => doc.getText('content').insert(0, 'since then: '), { quietly: true });
  await minutes(6);
  expect(documents.text).toBe('since then: kept and lost');
  expectWhole(app, provider);
  expect(mended(app)).toEqual(['diverged']);
});

test('what a power cut took away after everybody had seen it, under a number that was given again, is there in seconds', async () => {
  const { app, documents, provider, content } = await open();
  documents.write(doc => doc.getText('content').insert(0, 'seen'));
  await minutes(4);
  documents.write(doc => doc.getText('content').insert(4, ' and not on the disk'));
  await vi.advanceTimersByTimeAsync(0);
  expect(content.toString()).toBe('seen and not on the disk');
  documents.entries.pop();
  documents.write(doc => doc.getText('content').insert(0, 'just '), { quietly: true });
  documents.epoch = 'after the power cut';
  app.endStreams();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(documents.text).toBe('just seen and not on the disk');
  expectWhole(app, provider);
});

test('deletions that the server lost are sent again', async () => {
  const { app, documents, provider, content } = await open();
  content.insert(0, 'keep and drop');
  await provider.flush();
  content.delete(4, 9);
  await provider.flush();
  const lost = documents.entries.pop() as LogEntry;
  documents.entries.push({ ...lost, update: NOTHING });
  await minutes(4);
  expect(documents.text).toBe('keep');
  expectWhole(app, provider);
  expect(mended(app)).toEqual(['ahead']);
});

test('an update that builds on what is nowhere is forgotten, and what it stood in place of arrives', async () => {
  const { app, documents, provider, content } = await open();
  const stranger = new Writer();
  stranger.write('never sent');
  const poison = Buffer.from(stranger.write(', builds on it')).toString('base64');
  writeGarbled(garbled(app), doc => doc.getText('content').insert(0, 'the real one'), poison);
  await vi.advanceTimersByTimeAsync(0);
  expect(provider.doc.store.pendingStructs).not.toBeNull();
  content.insert(0, 'mine, ');
  await minutes(1);
  expectWhole(app, provider);
  expect(content.toString()).toContain('the real one');
  expect(mended(app)).toEqual(['waiting']);
  content.insert(0, 'Still writing: ');
  await provider.flush();
  expect(documents.text).toMatch(/^Still writing: /);
});

test('edits of ours that build on what is nowhere are not forgotten but refused, and set aside', async () => {
  const queue = createMemoryQueue();
  const writer = new Writer();
  writer.write('lost with its storage');
  await queue.append({ batch: crypto.randomUUID(), update: writer.write(', kept') });
  const adopted: ProviderOptions['queue'] = {
    ...queue,
    adopt: async () => [{ batch: 'b', update: writer.updates[1] as Uint8Array }],
  };
  const { provider } = await open(new MemoryApp(), { queue: adopted }).catch(() => ({
    provider: opened.at(-1) as Provider,
  }));
  await minutes(2);
  expect(provider.state).toMatchObject({ phase: 'ended', reason: 'refused', unsent: 1 });
  expect(provider.unsent).not.toBeNull();
});

test('undo and cursors survive: what comes late is like any other edit of others', async () => {
  const { app, provider, content, doc } = await open();
  const undo = new Y.UndoManager(content, { trackedOrigins: new Set([null]) });
  content.insert(0, 'mine');
  await provider.flush();
  const cursor = Y.createRelativePositionFromTypeIndex(content, 2);
  writeGarbled(garbled(app), doc => doc.getText('content').insert(0, 'theirs and '));
  await minutes(4);
  expect(content.toString()).toBe('theirs and mine');
  expect(Y.createAbsolutePositionFromRelativePosition(cursor, doc)?.index).toBe('theirs and mi'.length);
  undo.undo();
  await provider.flush();
  expect(content.toString()).toBe('theirs and ');
  expectWhole(app, provider);
});

test('after something odd it is looked at within seconds', async () => {
  const { app, content } = await open();
  await minutes(4);
  writeGarbled(garbled(app), doc => doc.getText('content').insert(0, 'missed'));
  app.send('not what a document sends');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(content.toString()).toBe('missed');
});

test('a document in which nothing happens is compared once', async () => {
  const { app } = await open();
  await minutes(60);
  expect(app.documents.asked('POST compare')).toHaveLength(1);
});

test('edits under way are never taken for a difference', async () => {
  const { app, provider, content } = await open();
  for (let round = 0; round < 120; round += 1) {
    content.insert(0, 'a');
    app.documents.write(doc => doc.getText('content').insert(0, 'b'));
    await vi.advanceTimersByTimeAsync(4_000);
  }
  expect(app.documents.asked('POST compare').length).toBeGreaterThan(3);
  expect(mended(app)).toEqual([]);
  expectWhole(app, provider);
});

test('a difference that cannot be mended is looked at more and more rarely', async () => {
  const app = new MemoryApp();
  app.network = (operation, deliver) =>
    operation === 'POST compare' ? deliver().then(() => Response.json({ verdict: 'different' })) : deliver();
  const { documents, provider } = await open(app);
  await minutes(24 * 60);
  expect(mended(app).length).toBeGreaterThan(5);
  expect(mended(app).every(difference => difference === 'none')).toBe(true);
  expect(documents.asked('POST compare').length).toBeLessThan(60);
  expectWhole(app, provider);
});

test('a server that knows of no comparison is asked rarely, and everything else works', async () => {
  const app = new MemoryApp();
  app.documents.refusals.set('POST compare', 'not_found');
  const { documents, provider, content } = await open(app);
  content.insert(0, 'a');
  await minutes(60);
  expect(documents.asked('POST compare').length).toBeLessThan(45);
  expect(content.toString()).toBe('a');
  expectWhole(app, provider);
});
