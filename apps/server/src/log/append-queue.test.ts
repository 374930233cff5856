import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { AppendQueue } from './append-queue.ts';
import type { Append, Outcome } from './writer.ts';

const append = (size = 1) => ({
  documentId: randomUUID(),
  userId: randomUUID(),
  batch: randomUUID(),
  bytes: new Uint8Array(size),
});

const appended = (group: readonly Append[]): Outcome[] =>
  group.map((_, index) => ({ seq: index + 1, accessGeneration: 0, snapshotDue: false }));

/** A queue whose commits end when they are told to. */
function heldQueue() {
  const groups: (readonly Append[])[] = [];
  let commit: PromiseWithResolvers<Outcome[]>;
  const queue = new AppendQueue({
    commit(group) {
      groups.push(group);
      commit = Promise.withResolvers();
      return commit.promise;
    },
  });
  return {
    queue,
    groups,
    finish: () => commit.resolve(appended(groups.at(-1) ?? [])),
    fail: (error: Error) => commit.reject(error),
  };
}

test('what arrives during a commit shares the next one, in its order', async () => {
  const { queue, groups, finish } = heldQueue();
  const first = queue.append(append());
  await expect.poll(() => groups.length).toBe(1);
  const later = Array.from({ length: 10 }, () => append());
  const settled = later.map(each => queue.append(each));
  finish();
  await first;
  await expect.poll(() => groups.length).toBe(2);
  finish();
  expect(groups[1]).toEqual(later);
  expect(await Promise.all(settled)).toMatchObject(later.map((_, index) => ({ seq: index + 1 })));
  expect(queue.stats).toEqual({ commits: 2, appends: 11 });
});

test('a commit takes megabytes at most, or a single append', async () => {
  const sizes: number[][] = [];
  const queue = new AppendQueue({
    async commit(group) {
      sizes.push(group.map(({ bytes }) => bytes.length));
      return appended(group);
    },
  });
  const mebibyte = 1024 * 1024;
  await Promise.all([9, 3, 4, 2].map(size => queue.append(append(size * mebibyte))));
  expect(sizes).toEqual([[9 * mebibyte], [3 * mebibyte, 4 * mebibyte], [2 * mebibyte]]);
});

test('when the writer fails, those in the group are told, and the next are tried', async () => {
  const { queue, groups, finish, fail } = heldQueue();
  const first = queue.append(append());
  await expect.poll(() => groups.length).toBe(1);
  fail(new Error('the thread has ended'));
  await expect(first).rejects.toThrow('the thread has ended');
  const next = queue.append(append());
  await expect.poll(() => groups.length).toBe(2);
  finish();
  await next;
  await queue.drain();
});

test('those who share a commit are told when it is on the disk; others are shown it, and the next goes on, before', async () => {
  const disk: PromiseWithResolvers<void>[] = [];
  const shown: number[] = [];
  const queue = new AppendQueue({
    commit: async group => appended(group),
    reachDisk() {
      const reached = Promise.withResolvers<void>();
      disk.push(reached);
      return reached.promise;
    },
    onCommitted: group => shown.push(group.length),
  });
  let isTold = false;
  const first = queue.append(append()).then(() => {
    isTold = true;
  });
  await expect.poll(() => shown).toEqual([1]);
  const second = queue.append(append());
  await expect.poll(() => shown).toEqual([1, 1]);
  expect(isTold).toBe(false);
  const drained = queue.drain();
  for (const { resolve } of disk) resolve();
  await Promise.all([first, second, drained]);
});

test('when the disk fails, those who wait for it are told', async () => {
  const queue = new AppendQueue({
    commit: async group => appended(group),
    reachDisk: async () => {
      throw new Error('the disk is gone');
    },
  });
  await expect(queue.append(append())).rejects.toThrow('the disk is gone');
  await queue.drain();
});
