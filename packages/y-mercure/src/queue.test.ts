import { IDBFactory } from 'fake-indexeddb';
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createIndexedDbQueue } from './indexeddb-queue.ts';
import { createMemoryQueue, type UpdateQueue } from './queue.ts';

/** One person on one document: `open` gives the queue of the next provider. */
interface Place {
  open(): UpdateQueue;
}

const userId = '11111111-1111-4111-8111-111111111111';
const documentId = '22222222-2222-4222-8222-222222222222';
const edit = (batch: string, ...bytes: number[]) => ({ batch, update: Uint8Array.from(bytes) });

beforeEach(() => {
  vi.stubGlobal('indexedDB', new IDBFactory());
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const indexedDbPlace = (): Place => ({ open: () => createIndexedDbQueue({ userId, documentId }) });

describe.each<[string, () => Place]>([
  [
    'memory',
    () => {
      const queue = createMemoryQueue();
      return { open: () => queue };
    },
  ],
  ['IndexedDB', indexedDbPlace],
  [
    'IndexedDB without locks',
    () => {
      vi.stubGlobal('navigator', {});
      return indexedDbPlace();
    },
  ],
])('a queue in %s', (_, makePlace) => {
  test('gives the next owner what the last one left, in order', async () => {
    const place = makePlace();
    const queue = place.open();
    expect(await queue.adopt()).toEqual([]);
    const edits = [edit('b', 1), edit('a', 2, 3), edit('a', 4)];
    for (const each of edits) await queue.append(each);
    await queue.close();
    const next = place.open();
    expect(await next.adopt()).toEqual(edits);
    await next.close();
    const third = place.open();
    expect(await third.adopt()).toEqual(edits);
    await third.close();
  });

  test('forgets a batch as a whole, its own or an adopted one', async () => {
    const place = makePlace();
    const queue = place.open();
    for (const each of [edit('a', 1), edit('b', 2), edit('a', 3)]) await queue.append(each);
    await queue.remove('a');
    await queue.remove('never seen');
    await queue.close();
    const next = place.open();
    expect(await next.adopt()).toEqual([edit('b', 2)]);
    await next.remove('b');
    await next.close();
    const third = place.open();
    expect(await third.adopt()).toEqual([]);
    await third.close();
  });

  test('never offers again what was set aside', async () => {
    const place = makePlace();
    const queue = place.open();
    for (const each of [edit('refused', 1), edit('good', 2)]) await queue.append(each);
    await queue.setAside('refused');
    await queue.close();
    const next = place.open();
    expect(await next.adopt()).toEqual([edit('good', 2)]);
    await next.close();
  });
});

describe('a queue in IndexedDB', () => {
  const open = (options = { userId, documentId }) => {
    const queue = createIndexedDbQueue(options);
    onTestFinished(() => queue.close());
    return queue;
  };

  test('leaves alone what a tab that is still open answers for', async () => {
    const first = open();
    await first.append(edit('a', 1));
    expect(await open().adopt()).toEqual([]);
    await first.remove('a');
    await first.append(edit('b', 2));
    await first.close();
    expect(await open().adopt()).toEqual([edit('b', 2)]);
  });

  test('takes over from who only sends what was left behind, also while that is being sent', async () => {
    const first = createIndexedDbQueue({ userId, documentId });
    await first.append(edit('a', 1));
    await first.append(edit('b', 2));
    await first.close();
    const sender = createIndexedDbQueue({ userId, documentId, yields: true });
    onTestFinished(() => sender.close());
    expect(await sender.adopt()).toEqual([edit('a', 1), edit('b', 2)]);
    const page = open();
    expect(await page.adopt()).toEqual([edit('a', 1), edit('b', 2)]);
    // Both get to know that the server has it.
    await sender.remove('a');
    await page.remove('a');
    await page.close();
    expect(await open().adopt()).toEqual([edit('b', 2)]);
  });

  test.each(['sender first', 'page first'])(
    'takes over also when both begin at the same moment: %s',
    async order => {
      const first = createIndexedDbQueue({ userId, documentId });
      await first.append(edit('a', 1));
      await first.close();
      const sender = createIndexedDbQueue({ userId, documentId, yields: true });
      onTestFinished(() => sender.close());
      const page = open();
      const queues = order === 'sender first' ? [sender, page] : [page, sender];
      const adopted = await Promise.all(queues.map(queue => queue.adopt()));
      expect(adopted[queues.indexOf(page)]).toEqual([edit('a', 1)]);
    },
  );

  test('lets one of two heirs adopt', async () => {
    const first = createIndexedDbQueue({ userId, documentId });
    await first.append(edit('a', 1));
    await first.close();
    const adopted = await Promise.all([open().adopt(), open().adopt()]);
    expect(adopted.flat()).toEqual([edit('a', 1)]);
  });

  test('keeps people and documents apart', async () => {
    const first = createIndexedDbQueue({ userId, documentId });
    await first.append(edit('a', 1));
    await first.close();
    expect(await open({ userId: documentId, documentId }).adopt()).toEqual([]);
    expect(await open({ userId, documentId: userId }).adopt()).toEqual([]);
    expect(await open().adopt()).toHaveLength(1);
  });

  test('rejects where the database cannot be opened', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw new DOMException('not here', 'SecurityError');
      },
    });
    const queue = createIndexedDbQueue({ userId, documentId });
    await expect(queue.adopt()).rejects.toThrow('not here');
    await expect(queue.append(edit('a', 1))).rejects.toThrow('not here');
  });
});
