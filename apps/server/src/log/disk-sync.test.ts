import { expect, test } from 'vitest';
import { DiskSync } from './disk-sync.ts';

/** A disk that takes until it is told to. */
function heldDisk() {
  const syncs: PromiseWithResolvers<void>[] = [];
  const disk = new DiskSync({
    datasync() {
      const sync = Promise.withResolvers<void>();
      syncs.push(sync);
      return sync.promise;
    },
    async close() {},
  });
  const begun = (count: number) => expect.poll(() => syncs.length).toBe(count);
  return { disk, syncs, begun };
}

const isSettled = async (promise: Promise<unknown>) => {
  const pending = Symbol('pending');
  return (await Promise.race([promise, new Promise(resolve => setImmediate(resolve, pending))])) !== pending;
};

test('at first there may be something of an earlier process', async () => {
  const { disk, syncs, begun } = heldDisk();
  const reached = disk.reached();
  await begun(1);
  expect(await isSettled(reached)).toBe(false);
  syncs[0]?.resolve();
  await reached;
});

test('what was committed before a sync began shares it', async () => {
  const { disk, syncs, begun } = heldDisk();
  const all = [1, 2, 3].map(() => {
    disk.committed();
    return disk.reached();
  });
  await begun(1);
  syncs[0]?.resolve();
  await Promise.all(all);
  expect(syncs).toHaveLength(1);
});

test('what is committed during a sync waits for the next, and all of it for the same', async () => {
  const { disk, syncs, begun } = heldDisk();
  const first = disk.reached();
  await begun(1);
  const later = [1, 2, 3].map(() => {
    disk.committed();
    return disk.reached();
  });
  syncs[0]?.resolve();
  await first;
  await begun(2);
  expect(await isSettled(Promise.race(later))).toBe(false);
  syncs[1]?.resolve();
  await Promise.all(later);
  expect(syncs).toHaveLength(2);
});

test('where nothing has been committed since, the disk is left alone', async () => {
  const { disk, syncs, begun } = heldDisk();
  const first = disk.reached();
  await begun(1);
  syncs[0]?.resolve();
  await first;
  await disk.reached();
  expect(syncs).toHaveLength(1);
});

test('a sync that fails is said to those who wait for it, and is not taken for done', async () => {
  const { disk, syncs, begun } = heldDisk();
  const lost = disk.reached();
  await begun(1);
  syncs[0]?.reject(new Error('the disk is gone'));
  await expect(lost).rejects.toThrow('the disk is gone');
  const again = disk.reached();
  await begun(2);
  syncs[1]?.resolve();
  await again;
});
