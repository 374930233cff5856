import { expect, onTestFinished, test } from 'vitest';
import { createProvider, type Provider, type ProviderOptions } from '../src/index.ts';
import { type LiveServer, startLiveServer } from './live-server.ts';
import { live, saved, until, untilDoc, untilPresence } from './until.ts';

async function start(): Promise<LiveServer> {
  const server = await startLiveServer();
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

function join(server: LiveServer, options: Partial<ProviderOptions> = {}): Provider {
  const provider = createProvider({
    documentId: server.documentId,
    baseUrl: server.url,
    backoff: { minDelayMs: 5, maxDelayMs: 20 },
    ...options,
  });
  onTestFinished(() => provider.destroy());
  return provider;
}

const textOf = (provider: Provider) => provider.doc.getText('content');

test('two people see what the other writes, and it is in the log', async () => {
  const server = await start();
  const [ada, grace] = [join(server), join(server)];
  await Promise.all([live(ada), live(grace)]);

  textOf(ada).insert(0, 'Hello ');
  await untilDoc(grace, () => textOf(grace).toString() === 'Hello ');
  textOf(grace).insert(6, 'world');
  await untilDoc(ada, () => textOf(ada).toString() === 'Hello world');

  await Promise.all([ada.flush(), grace.flush()]);
  expect(server.documents.text).toBe('Hello world');
  expect(ada.state).toMatchObject({ phase: 'live', save: 'saved', unsent: 0, problem: null });
});

test('who joins late sees everything, page by page', async () => {
  const server = await start();
  server.documents.pageSize = 2;
  for (const word of ['one ', 'two ', 'three ', 'four ', 'five ']) {
    server.documents.write(doc => doc.getText('content').insert(doc.getText('content').length, word));
  }
  const late = join(server);
  expect(late.state).toEqual({ phase: 'loading' });
  await live(late);
  expect(textOf(late).toString()).toBe('one two three four five ');
});

test('cursors travel with the person the server vouches for, and go when their owner leaves', async () => {
  const server = await start();
  const [ada, grace] = [join(server), join(server)];
  await Promise.all([live(ada), live(grace)]);
  const cursor = { anchor: { item: null, tname: 'content' }, head: { item: null, tname: 'content' } };
  ada.awareness.setLocalStateField('cursor', cursor);

  const seen = () => grace.awareness.states.get(ada.awareness.clientID);
  await untilPresence(grace, () => seen()?.cursor != null);
  expect(seen()).toMatchObject({ cursor, user: { name: 'Ada' } });

  await ada.destroy();
  await untilPresence(grace, () => seen() === undefined);
});

test('withdrawn topics are replaced without losing an edit by those who may stay', async () => {
  const server = await start();
  const ada = join(server);
  await live(ada);
  server.documents.write(doc => doc.getText('content').insert(0, 'unseen'), { quietly: true });
  await server.withdraw();
  await untilDoc(ada, () => textOf(ada).toString() === 'unseen');
  await live(ada);
  server.documents.write(doc => doc.getText('content').insert(0, 'seen, '));
  await untilDoc(ada, () => textOf(ada).toString() === 'seen, unseen');
});

test('who may not stay is told so, and keeps what was not sent', async () => {
  const server = await start();
  const ada = join(server);
  await live(ada);
  for (const operation of ['POST subscription', 'GET updates', 'POST updates']) {
    server.documents.refusals.set(operation, 'document_not_found');
  }
  await server.withdraw();
  const state = await until(ada, ({ phase }) => phase === 'ended');
  expect(state).toMatchObject({ reason: 'access_withdrawn', unsent: 0 });
  textOf(ada).insert(0, 'too late');
  expect(ada.state).toMatchObject({ unsent: 1 });
  expect(ada.unsent).not.toBeNull();
  await expect(ada.flush()).rejects.toThrow();
});

test('a new title is announced', async () => {
  const server = await start();
  const ada = join(server);
  await live(ada);
  const title = new Promise<string>(resolve => ada.on('renamed', resolve));
  const { topics } = (await (await fetch(`${server.url}/api/subscription`, { method: 'POST' })).json()) as {
    topics: string[];
  };
  await server.hub.publish({
    topics: topics.slice(0, 1),
    data: JSON.stringify({ type: 'renamed', documentId: server.documentId, title: 'Minutes' }),
    private: true,
  });
  expect(await title).toBe('Minutes');
});

test('destroying a provider sends what is left, and the promise says when', async () => {
  const server = await start();
  const ada = join(server);
  await live(ada);
  textOf(ada).insert(0, 'last words');
  await ada.destroy();
  expect(server.documents.text).toBe('last words');
  expect(ada.state).toMatchObject({ phase: 'ended', reason: 'closed', error: null, unsent: 0 });
});

test('saved is said only after the acknowledgement', async () => {
  const server = await start();
  const ada = join(server);
  await live(ada);
  const seen: string[] = [];
  ada.subscribe(() => {
    if (ada.state.phase === 'live') seen.push(`${ada.state.save} ${server.documents.entries.length}`);
  });
  textOf(ada).insert(0, 'a');
  await saved(ada);
  expect(seen[0]).toBe('saving 0');
  expect(seen.at(-1)).toBe('saved 1');
});
