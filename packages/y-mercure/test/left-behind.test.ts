import 'fake-indexeddb/auto';
import { expect, onTestFinished, test } from 'vitest';
import { createProvider } from '../src/index.ts';
import { startLiveServer } from './live-server.ts';
import { live, until } from './until.ts';

const ada = '11111111-1111-4111-8111-111111111111';
const grace = '33333333-3333-4333-8333-333333333333';

test('what a person typed while the server was away is saved the next time that person opens the document', async () => {
  await using server = await startLiveServer();
  let isDown = false;
  const open = (userId: string) => {
    const provider = createProvider({
      documentId: server.documentId,
      baseUrl: server.url,
      userId,
      backoff: { minDelayMs: 5, maxDelayMs: 20 },
      fetch: (input, init) => (isDown ? Promise.reject(new TypeError('server away')) : fetch(input, init)),
    });
    onTestFinished(() => provider.destroy());
    return provider;
  };

  const first = open(ada);
  await live(first);
  isDown = true;
  first.doc.getText('content').insert(0, 'written ');
  first.doc.getText('content').insert(8, 'in a tunnel');
  await until(first, state => state.phase === 'live' && state.save === 'offline');
  await first.destroy();
  expect(first.state).toMatchObject({ phase: 'ended', reason: 'closed', unsent: 2 });
  isDown = false;

  const other = open(grace);
  await live(other);
  expect(other.doc.getText('content').toString()).toBe('');

  const second = open(ada);
  await live(second);
  expect(second.doc.getText('content').toString()).toBe('written in a tunnel');
  await second.flush();
  expect(server.documents.text).toBe('written in a tunnel');
  expect(server.documents.entries).toHaveLength(1);
});
