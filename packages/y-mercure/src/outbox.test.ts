import { type ErrorCode, errors, MAX_UPDATE_BYTES, RequestError } from '@cahier/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { textOf, Writer } from '../test/edits.ts';
import { Outbox } from './outbox.ts';
import { createMemoryQueue, type UpdateQueue } from './queue.ts';

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5); // The jitter of the back-off.
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const A_WHILE_MS = 60_000;
const tick = () => vi.advanceTimersByTimeAsync(0);
const unreachable = () => new RequestError('unreachable', 'no network');
const refusal = (code: ErrorCode, retryAfterSeconds?: number) =>
  new RequestError(code, errors[code].title, {
    status: errors[code].status,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });

interface Sent {
  batch: string;
  update: Uint8Array;
  keepalive: boolean;
  accept(seq?: number): Promise<void>;
  fail(error: unknown): Promise<void>;
}

function start({ queue = createMemoryQueue() as UpdateQueue, started = true } = {}) {
  const sent: Sent[] = [];
  const missing: PromiseWithResolvers<() => Uint8Array | null>[] = [];
  const acknowledged: [string, number][] = [];
  const ends: [string, string][] = [];
  const outbox = new Outbox({
    queue,
    send: (batch, update, keepalive) => {
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      sent.push({
        batch,
        update,
        keepalive,
        accept: async (seq = sent.length) => {
          resolve(seq);
          await tick();
        },
        fail: async error => {
          reject(error);
          await tick();
        },
      });
      return promise;
    },
    missingFromServer: () => {
      const answer = Promise.withResolvers<() => Uint8Array | null>();
      missing.push(answer);
      return answer.promise;
    },
    onAcknowledged: (batch, seq) => acknowledged.push([batch, seq]),
    onChange: () => {},
    onEnd: (reason, error) => ends.push([reason, error.code]),
  });
  if (started) outbox.start();
  const last = () => sent.at(-1) as Sent;
  return { outbox, sent, last, missing, acknowledged, ends, queue, writer: new Writer() };
}

test('the first edit leaves at once, without a timer, together with what was made in the same task', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  outbox.add(writer.write('b'));
  expect(sent).toHaveLength(0);
  await Promise.resolve();
  expect(sent).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
  expect(textOf(last().update)).toBe('ab');
  expect(last().batch).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('one request is in flight; what is made meanwhile is merged into the next', async () => {
  const { outbox, sent, last, acknowledged, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  for (const letter of 'bcd') {
    outbox.add(writer.write(letter));
    await tick();
  }
  expect(sent).toHaveLength(1);
  expect(outbox.size).toBe(4);
  await last().accept(7);
  expect(sent).toHaveLength(2);
  expect(textOf(sent[0]?.update as Uint8Array, last().update)).toBe('abcd');
  await last().accept(9);
  expect(acknowledged.map(([, seq]) => seq)).toEqual([7, 9]);
  expect(new Set(sent.map(({ batch }) => batch)).size).toBe(2);
  expect(outbox.size).toBe(0);
});

test('it is saved only when nothing is queued or in flight', async () => {
  const { outbox, last, writer } = start();
  expect(outbox.status).toBe('saved');
  outbox.add(writer.write('a'));
  expect(outbox.status).toBe('saving');
  await tick();
  outbox.add(writer.write('b'));
  await last().accept();
  expect(outbox.status).toBe('saving');
  await last().accept();
  expect(outbox.status).toBe('saved');
});

test('a retry repeats the batch unchanged, however much was made meanwhile', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  await last().fail(unreachable());
  expect(outbox.status).toBe('offline');
  expect(outbox.problem?.code).toBe('unreachable');
  outbox.add(writer.write('b'));
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(sent).toHaveLength(2);
  expect(sent[1]).toMatchObject({ batch: sent[0]?.batch, update: sent[0]?.update });
  await last().accept();
  expect(outbox.status).toBe('saving');
  expect(textOf(sent[0]?.update as Uint8Array, last().update)).toBe('ab');
});

test.each([
  ['an unexpected response', new RequestError('unexpected_response', 'portal', { status: 200 })],
  ['a failing server', refusal('internal_error')],
  ['a full disk', refusal('storage_unavailable')],
  ['too many requests', refusal('too_many_attempts')],
  ['an error that no client of ours throws', new TypeError('failed to fetch')],
])('%s is no reason to give up', async (_, error) => {
  const { outbox, sent, last, ends, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  for (let attempt = 1; attempt < 10; attempt++) {
    await last().fail(error);
    await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  }
  expect(sent).toHaveLength(10);
  expect(ends).toEqual([]);
  await last().accept();
  expect(outbox.status).toBe('saved');
});

test('it is not sent again before the time the server names, unless somebody asks for it', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  await last().fail(refusal('shutting_down', 100));
  await vi.advanceTimersByTimeAsync(99_000);
  expect(sent).toHaveLength(1);
  outbox.retryNow();
  await tick();
  expect(sent).toHaveLength(2);
});

test('an edit made while it waits to retry does not hasten the retry', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  await last().fail(refusal('shutting_down', 100));
  outbox.add(writer.write('b'));
  await tick();
  expect(sent).toHaveLength(1);
});

test('nothing is sent before the server wants it, whatever the browser thinks of the network', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  await last().fail(refusal('too_many_attempts', 100));
  outbox.wake();
  await vi.advanceTimersByTimeAsync(99_000);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(sent).toHaveLength(2);
});

test.each([
  ['the server', refusal('payload_too_large')],
  ['a proxy', new RequestError('unexpected_response', 'nginx', { status: 413 })],
])('a batch that is too large for %s is sent in parts, and so is what comes later', async (_, tooLarge) => {
  const { outbox, sent, last, queue, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  for (const word of ['bbbb', 'cccc', 'dddd', 'eeee']) outbox.add(writer.write(word));
  const flushed = outbox.flush();
  await last().accept();
  await last().fail(tooLarge);
  expect(textOf(...sent.slice(0, 1).map(({ update }) => update), last().update)).toBe('abbbbcccc');
  expect((await queue.adopt()).map(({ batch }) => batch)).toContain(last().batch);
  await last().accept();
  await last().accept();
  await flushed;
  const accepted = sent.filter((_, index) => index !== 1);
  expect(textOf(...accepted.map(({ update }) => update))).toBe('abbbbccccddddeeee');
  expect(await queue.adopt()).toEqual([]);

  const before = sent.length;
  outbox.add(writer.write('f'));
  await tick();
  for (let index = 0; index < 5; index++) outbox.add(writer.write('gggg'));
  while (outbox.size > 0) await last().accept();
  expect(sent.length - before).toBeGreaterThan(2);
});

test('an edit that is too large for a proxy is kept, and tried again: another network may take it', async () => {
  const { outbox, sent, last, ends, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  await last().fail(new RequestError('unexpected_response', 'nginx', { status: 413 }));
  expect(outbox.status).toBe('offline');
  expect(outbox.problem?.status).toBe(413);
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(sent.length).toBeGreaterThan(1);
  expect(ends).toEqual([]);
});

test.each([
  ['forbidden', 'read_only'],
  ['document_not_found', 'access_withdrawn'],
  ['document_in_trash', 'trashed'],
  ['unauthenticated', 'logged_out'],
  ['update_malformed', 'refused'],
  ['update_foreign', 'refused'],
  ['update_too_large', 'refused'],
  ['payload_too_large', 'refused'],
  ['invalid_request', 'refused'],
] as const)('%s is final: %s, and everything unsent is kept', async (code, reason) => {
  const { outbox, sent, last, ends, queue, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  outbox.add(writer.write('b'));
  await last().fail(refusal(code));
  outbox.add(writer.write('c'));
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(sent).toHaveLength(1);
  expect(ends).toEqual([[reason, code]]);
  expect(outbox.size).toBe(3);
  expect(textOf(outbox.unsent as Uint8Array)).toBe('abc');
  expect(await queue.adopt()).toHaveLength(3);
});

test('started again after an end, it sends what was kept, as it was', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  await last().fail(refusal('unauthenticated'));
  outbox.start();
  await tick();
  expect(sent[1]).toMatchObject({ batch: sent[0]?.batch, update: sent[0]?.update });
});

test('stopped and started while a request is in flight, it still sends one at a time afterwards', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  outbox.stop(new Error('logged out'));
  outbox.start();
  await tick();
  outbox.add(writer.write('b'));
  const [first, repeated] = sent as [Sent, Sent];
  await first.accept(1);
  await repeated.accept(1);
  expect(sent).toHaveLength(3);
  outbox.add(writer.write('c'));
  await last().accept(2);
  expect(sent).toHaveLength(4);
});

test('batches stay within the limit', async () => {
  const { outbox, sent, last, writer } = start({ started: false });
  const third = 'x'.repeat(Math.ceil(MAX_UPDATE_BYTES / 3));
  for (const letter of ['a', 'b', 'c', 'd']) outbox.add(writer.write(letter + third));
  outbox.start();
  await tick();
  for (let count = 0; count < 2; count++) await last().accept();
  expect(sent).toHaveLength(2);
  for (const { update } of sent) expect(update.length).toBeLessThanOrEqual(MAX_UPDATE_BYTES);
  expect(textOf(...sent.map(({ update }) => update))).toHaveLength(4 * (third.length + 1));
  expect(outbox.status).toBe('saved');
});

test('ten thousand edits made while offline are sent as one batch', async () => {
  const { outbox, sent, last, writer } = start({ started: false });
  for (let count = 0; count < 10_000; count++) outbox.add(writer.write('x'));
  outbox.start();
  await tick();
  expect(sent).toHaveLength(1);
  expect(textOf(last().update)).toHaveLength(10_000);
});

test.each(['update_missing_dependencies', 'batch_conflict'] as const)(
  '%s is healed by sending what the server misses',
  async code => {
    const { outbox, sent, last, missing, ends, queue, writer } = start();
    outbox.add(writer.write('a'));
    await tick();
    outbox.add(writer.write('b'));
    await last().fail(refusal(code));
    const whole = textOf(...writer.updates);
    outbox.add(writer.write('c'));
    missing[0]?.resolve(() => writer.updates.at(-1) as Uint8Array);
    await tick();
    expect(whole).toBe('ab');
    expect(sent).toHaveLength(2);
    expect(last().batch).not.toBe(sent[0]?.batch);
    expect(last().update).toEqual(writer.updates.at(-1));
    await last().accept();
    expect(outbox.status).toBe('saved');
    expect(await queue.adopt()).toEqual([]);
    expect(ends).toEqual([]);
  },
);

test('healing where the server misses nothing means that all is saved', async () => {
  const { outbox, sent, last, missing, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  const flushed = outbox.flush();
  await last().fail(refusal('batch_conflict'));
  missing[0]?.resolve(() => null);
  await flushed;
  expect(outbox.status).toBe('saved');
  expect(sent).toHaveLength(1);
});

test('a second refusal after healing is final', async () => {
  const { outbox, last, missing, ends, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  await last().fail(refusal('update_missing_dependencies'));
  missing[0]?.resolve(() => writer.updates[0] as Uint8Array);
  await tick();
  await last().fail(refusal('update_missing_dependencies'));
  expect(missing).toHaveLength(1);
  expect(ends).toEqual([['refused', 'update_missing_dependencies']]);
  expect(outbox.size).toBe(1);
});

test('healing waits for a log that can be read', async () => {
  const { outbox, sent, last, missing, ends, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  await last().fail(refusal('update_missing_dependencies'));
  missing[0]?.reject(unreachable());
  await tick();
  expect(outbox.status).toBe('offline');
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(sent).toHaveLength(1);
  missing[1]?.resolve(() => writer.updates[0] as Uint8Array);
  await tick();
  await last().accept();
  expect(outbox.status).toBe('saved');
  expect(ends).toEqual([]);
});

test('in doubt nothing is called saved, or sent, before it is known what the server misses', async () => {
  const { outbox, sent, last, missing, writer } = start({ started: false });
  outbox.doubt();
  outbox.start();
  await tick();
  const flushed = outbox.flush();
  expect(outbox.status).toBe('saving');
  outbox.add(writer.write('a'));
  await tick();
  expect(sent).toHaveLength(0);
  missing[0]?.resolve(() => writer.updates[0] as Uint8Array);
  await tick();
  expect(textOf(last().update)).toBe('a');
  await last().accept();
  await flushed;
  expect(outbox.status).toBe('saved');
});

test('a doubt that proves unfounded leaves nothing to send', async () => {
  const { outbox, sent, missing } = start();
  outbox.doubt();
  await tick();
  const flushed = outbox.flush();
  missing[0]?.resolve(() => null);
  await flushed;
  expect(outbox.status).toBe('saved');
  expect(sent).toHaveLength(0);
});

test('a batch that the log is seen to hold is not sent again, though its answer was lost', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  outbox.acknowledge(last().batch);
  expect(outbox.status).toBe('saved');
  await last().fail(unreachable());
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(sent).toHaveLength(1);
  outbox.add(writer.write('b'));
  await tick();
  expect(sent).toHaveLength(2);
});

test('the same while it waits to retry: the next batch leaves at once', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  await last().fail(unreachable());
  outbox.add(writer.write('b'));
  outbox.acknowledge(last().batch);
  await tick();
  expect(sent).toHaveLength(2);
  expect(last().batch).not.toBe(sent[0]?.batch);
});

test('flush waits for what was made before it, not for what comes after', async () => {
  const { outbox, last, writer } = start();
  await outbox.flush();
  outbox.add(writer.write('a'));
  await tick();
  const flushed = outbox.flush();
  outbox.add(writer.write('b'));
  await last().accept();
  await flushed;
  expect(outbox.status).toBe('saving');
});

test('flush rejects when what it waits for can no longer be sent', async () => {
  const { outbox, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  const flushed = expect(outbox.flush()).rejects.toMatchObject({ code: 'forbidden' });
  await last().fail(refusal('forbidden'));
  await flushed;
});

test('adopted batches go first, in order, under their own ids', async () => {
  const { outbox, sent, last, writer } = start({ started: false });
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(text => writer.write(text)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  outbox.add(d);
  outbox.adopt([
    { batch: 'first', update: a },
    { batch: 'first', update: b },
    { batch: 'second', update: c },
  ]);
  outbox.start();
  await tick();
  await last().accept();
  await last().accept();
  expect(sent.slice(0, 2).map(({ batch }) => batch)).toEqual(['first', 'second']);
  expect(sent.map(({ update }) => textOf(update))).toHaveLength(3);
  expect(textOf(...sent.map(({ update }) => update))).toBe('abcd');
});

test('an edit is in the queue the moment it is made, and leaves it when it is acknowledged', async () => {
  const { outbox, last, queue, writer } = start();
  outbox.add(writer.write('a'));
  expect(await queue.adopt()).toHaveLength(1);
  await tick();
  outbox.add(writer.write('b'));
  await last().accept();
  const kept = await queue.adopt();
  expect(kept).toEqual([{ batch: last().batch, update: writer.updates[1] }]);
});

test('adopted edits give the very bytes that were sent before', async () => {
  const first = start();
  for (const text of ['a', 'b', 'c']) first.outbox.add(first.writer.write(text));
  await tick();
  first.outbox.stop(new Error('the tab is closed'));
  const second = start({ started: false });
  second.outbox.adopt(await first.queue.adopt());
  second.outbox.start();
  await tick();
  expect(second.last()).toMatchObject({ batch: first.last().batch, update: first.last().update });
});

test('a queue that fails changes nothing', async () => {
  const fail = () => Promise.reject(new Error('no space'));
  const queue = { adopt: fail, append: fail, remove: fail, setAside: fail, close: fail };
  const { outbox, last, writer } = start({ queue });
  outbox.add(writer.write('a'));
  await tick();
  await last().accept();
  expect(outbox.status).toBe('saved');
});

test('before the page goes away, what may outlive it is sent with keepalive, so that it may arrive in any order', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  outbox.add(writer.write('b'));
  const inFlight = last();
  outbox.sendBeforeUnload();
  expect(sent.slice(1).map(({ keepalive }) => keepalive)).toEqual([true, true]);
  expect(sent[1]).toMatchObject({ batch: inFlight.batch, update: inFlight.update });
  expect(textOf(last().update)).toBe('ab');
});

test('what is too large to outlive the page is not tried', async () => {
  const { outbox, sent, writer } = start({ started: false });
  outbox.add(writer.write('x'.repeat(64 * 1024)));
  outbox.sendBeforeUnload();
  expect(sent).toHaveLength(0);
});

test('a page that stays after all goes on where it was', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  outbox.sendBeforeUnload();
  const [original, repeated] = sent as [Sent, Sent];
  await repeated.accept(1);
  await original.fail(unreachable());
  outbox.add(writer.write('b'));
  await tick();
  expect(sent).toHaveLength(3);
  await last().accept(2);
  expect(outbox.status).toBe('saved');
});

test('finishing sends what is left for as long as that succeeds', async () => {
  const { outbox, sent, last, writer } = start();
  outbox.add(writer.write('a'));
  await tick();
  outbox.add(writer.write('b'));
  const finished = outbox.finish();
  await last().accept();
  await last().fail(unreachable());
  await finished;
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(sent).toHaveLength(2);
  expect(outbox.size).toBe(1);
});
