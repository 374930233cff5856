import { type ErrorCode, errors, type LogEntry, type LogPage, RequestError } from '@cahier/protocol';
import { fromBase64, toBase64 } from 'lib0/buffer';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { Writer } from '../test/edits.ts';
import { Replica, type ReplicaOptions } from './replica.ts';

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

/** A log in memory, and a replica of it. Reads are answered at once, unless `hold` keeps them. */
async function start(options: Partial<ReplicaOptions> & { words?: string[]; pageSize?: number } = {}) {
  const { words = [], pageSize = 100, ...rest } = options;
  const writer = new Writer();
  const log: LogEntry[] = [];
  const append = (word: string): LogEntry => {
    const update = toBase64(writer.write(word));
    const entry = { seq: log.length + 1, batch: crypto.randomUUID(), update };
    log.push(entry);
    return entry;
  };
  for (const word of words) append(word);
  /** An edit that was made in this replica's document, and has reached the log. */
  const appendMine = (word: string): LogEntry => {
    const entry = append(word);
    Y.applyUpdate(doc, fromBase64(entry.update), 'editor');
    return entry;
  };
  const reads: number[] = [];
  const failures: RequestError[] = [];
  const held: (() => void)[] = [];
  const control = { hold: false };
  const seen = {
    caughtUp: 0,
    regressions: 0,
    retryAt: [] as number[],
    ended: [] as string[],
    found: [] as string[],
  };
  const origin = {};
  const doc = new Y.Doc();
  const transactions: unknown[] = [];
  doc.on('update', (_: Uint8Array, from: unknown) => transactions.push(from));
  const replica = new Replica({
    doc,
    origin,
    read: async after => {
      reads.push(after);
      if (control.hold) await new Promise<void>(resolve => held.push(resolve));
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      return page(log, after, pageSize);
    },
    isUnacknowledged: () => false,
    onFound: batch => seen.found.push(batch),
    onCaughtUp: () => {
      seen.caughtUp += 1;
    },
    onFailure: (_, retryAt) => seen.retryAt.push(retryAt),
    onEnd: reason => seen.ended.push(reason),
    onRegression: () => {
      seen.regressions += 1;
    },
    ...rest,
  });
  replica.start();
  await tick();
  const release = async () => {
    control.hold = false;
    for (const resume of held.splice(0)) resume();
    await tick();
  };
  const text = () => doc.getText('content').toString();
  return {
    replica,
    doc,
    origin,
    log,
    append,
    appendMine,
    reads,
    failures,
    control,
    release,
    seen,
    text,
    transactions,
    writer,
  };
}

function page(log: readonly LogEntry[], after: number, pageSize: number): LogPage {
  const updates = log.filter(({ seq }) => seq > after).slice(0, pageSize);
  const seq = updates.at(-1)?.seq ?? Math.min(after, log.length);
  return { snapshot: null, updates, seq, more: seq < log.length, cursor: '' };
}

const refusal = (code: ErrorCode) =>
  new RequestError(code, errors[code].title, { status: errors[code].status });

test('loading reads to the end of the log and applies all of it in one transaction', async () => {
  const { text, reads, transactions, origin, seen } = await start({ words: [...'abcde'], pageSize: 2 });
  expect(text()).toBe('abcde');
  expect(reads).toEqual([0, 2, 4]);
  expect(transactions).toEqual([origin]);
  expect(seen.caughtUp).toBe(1);
});

test('a snapshot stands for the beginning of the log', async () => {
  const writer = new Writer();
  const update = writer.write('snapshot');
  const after = toBase64(writer.write(', and more'));
  const read = async (): Promise<LogPage> => ({
    snapshot: { seq: 5, update: toBase64(update) },
    updates: [{ seq: 6, batch: crypto.randomUUID(), update: after }],
    seq: 6,
    more: false,
    cursor: '',
  });
  const { replica, text, reads } = await start({ read });
  expect(text()).toBe('snapshot, and more');
  replica.receive([{ seq: 6, batch: crypto.randomUUID(), update: after }]);
  await tick();
  expect(reads).toEqual([]);
});

test('an event that follows is applied without asking the log', async () => {
  const { replica, append, text, reads } = await start({ words: ['a'] });
  replica.receive([append('b'), append('c')]);
  expect(text()).toBe('abc');
  expect(reads).toEqual([0]);
});

test('repeated and reordered events are harmless', async () => {
  const { replica, append, text } = await start();
  const [a, b, c] = [append('a'), append('b'), append('c')];
  for (const event of [[a], [a], [c], [b], [a, b], [c], [b, c]]) replica.receive(event);
  await tick();
  expect(text()).toBe('abc');
});

test('a gap is fetched from the log', async () => {
  const { replica, append, text, reads } = await start({ words: ['a'] });
  append('b');
  replica.receive([append('c')]);
  await tick();
  expect(text()).toBe('abc');
  expect(reads).toEqual([0, 1]);
});

test('an announcement without updates is fetched from the log, one that is known is not', async () => {
  const { replica, append, text, reads } = await start({ words: ['a'] });
  replica.announce(append('b').seq);
  await tick();
  replica.announce(2);
  await tick();
  expect(text()).toBe('ab');
  expect(reads).toEqual([0, 1]);
});

test('what arrives while the log is being read is not lost', async () => {
  const { replica, append, control, release, reads, text } = await start({ words: ['a'] });
  control.hold = true;
  replica.catchUp();
  await tick();
  append('b');
  replica.receive([append('c')]);
  append('d');
  replica.announce(4);
  expect(reads).toEqual([0, 1]);
  await release();
  expect(text()).toBe('abcd');
});

test('asked to catch up during a read, it reads once more: the read may have begun before', async () => {
  const { replica, control, release, reads, seen } = await start();
  control.hold = true;
  replica.catchUp();
  for (let count = 0; count < 5; count++) replica.catchUp();
  await release();
  expect(reads).toEqual([0, 0, 0]);
  expect(seen.caughtUp).toBe(2);
});

test('an announcement that the log does not bear out is dropped', async () => {
  const { replica, reads } = await start({ words: ['a'] });
  replica.announce(1000);
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(reads).toEqual([0, 1]);
});

test('own batches that come down the stream advance the number, and change nothing', async () => {
  const own = new Set<string>();
  const { replica, append, appendMine, transactions, seen, reads, text } = await start({
    isUnacknowledged: batch => own.has(batch),
  });
  const mine = appendMine('mine');
  own.add(mine.batch);
  replica.receive([mine]);
  // They may not be on the server's disk yet.
  expect(seen.found).toEqual([]);
  replica.receive([append(', theirs')]);
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(text()).toBe('mine, theirs');
  expect(transactions).toHaveLength(2);
  expect(reads).toEqual([0]);
});

test('own batches are found in the log, and change nothing', async () => {
  const own = new Set<string>();
  const { replica, appendMine, transactions, seen, text } = await start({
    isUnacknowledged: batch => own.has(batch),
  });
  const mine = appendMine('mine');
  own.add(mine.batch);
  replica.catchUp();
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(seen.found).toEqual([mine.batch]);
  expect(text()).toBe('mine');
  expect(transactions).toHaveLength(1);
});

test.each(['log', 'stream'] as const)(
  'an own batch of which the %s has more than was kept here brings the rest',
  async from => {
    const { replica, append, doc, log, text } = await start({ isUnacknowledged: () => true });
    // What was typed last may have been sent while the page went away, and not have got into the queue any more.
    const { batch, update } = append('kept');
    Y.applyUpdate(doc, fromBase64(update), 'adopted');
    log.pop();
    const more = append(' and sent');
    const sent = {
      seq: 1,
      batch,
      update: toBase64(Y.mergeUpdates([fromBase64(update), fromBase64(more.update)])),
    };
    log.splice(0, log.length, sent);
    if (from === 'stream') replica.receive([sent]);
    else replica.catchUp();
    await tick();
    expect(text()).toBe('kept and sent');
  },
);

test('an acknowledgement that follows advances the number', async () => {
  const { replica, append, appendMine, reads, text } = await start({ words: ['a'] });
  const { batch, seq } = appendMine('b');
  replica.acknowledged(batch, seq);
  replica.receive([append('c')]);
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(text()).toBe('abc');
  expect(reads).toEqual([0]);
});

test('after an acknowledgement further on, what comes before it is waited for', async () => {
  const { replica, append, appendMine, reads, text } = await start({ words: ['a'] });
  const theirs = append('b');
  const mine = appendMine('c');
  replica.acknowledged(mine.batch, mine.seq);
  replica.receive([theirs]);
  replica.receive([append('d')]);
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(text()).toBe('abcd');
  expect(reads).toEqual([0]);
});

test('if it does not come, the log is read', async () => {
  const { replica, append, appendMine, reads, text } = await start({ words: ['a'] });
  append('b');
  const mine = appendMine('c');
  replica.acknowledged(mine.batch, mine.seq);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(reads).toEqual([0]);
  await vi.advanceTimersByTimeAsync(1);
  expect(reads).toEqual([0, 1]);
  expect(text()).toBe('abc');
});

test('a document that waits for something reads the whole log, once', async () => {
  const { replica, doc, text, reads, writer, append } = await start({ words: ['a'] });
  append('b');
  const foreign = new Writer();
  Y.applyUpdate(foreign.doc, Y.encodeStateAsUpdate(writer.doc));
  foreign.write('x');
  const orphan = foreign.write('y');
  Y.applyUpdate(doc, orphan);
  replica.catchUp();
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(text()).toBe('ab');
  expect(reads).toEqual([0, 1, 0]);
  replica.catchUp();
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(reads).toEqual([0, 1, 0, 2]);
});

test('an event that is no Yjs update is not trusted: the log is read', async () => {
  const { replica, append, text, reads } = await start({ words: ['a'] });
  const entry = append('b');
  replica.receive([{ ...entry, update: toBase64(Uint8Array.of(9, 9, 9)) }]);
  await tick();
  expect(text()).toBe('ab');
  expect(reads).toEqual([0, 1]);
});

test('a log that cannot be applied is a failure, reported and tried again', async () => {
  const { replica, append, log, seen, text } = await start();
  const entry = append('a');
  log[0] = { ...entry, update: toBase64(Uint8Array.of(9, 9, 9)) };
  replica.catchUp();
  await tick();
  expect(seen.retryAt).toHaveLength(1);
  log[0] = entry;
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(text()).toBe('a');
});

test('a log that says it goes on and does not is a failure, not a loop', async () => {
  const read = vi.fn(async () => ({ ...page([], 0, 1), more: true }));
  const { seen } = await start({ read });
  expect(read).toHaveBeenCalledTimes(1);
  expect(seen.retryAt).toHaveLength(1);
});

test('a failed read is repeated later, and says when', async () => {
  const { replica, failures, reads, seen, append, text } = await start();
  append('a');
  failures.push(refusal('internal_error'), new RequestError('unreachable', 'no network'));
  replica.catchUp();
  await tick();
  expect(seen.retryAt[0]).toBeGreaterThanOrEqual(Date.now());
  // What happens meanwhile does not hasten it.
  replica.announce(1);
  expect(reads).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(seen.retryAt).toHaveLength(2);
  expect(text()).toBe('a');
});

test('a waiting read is repeated at once when asked for', async () => {
  const { replica, failures, reads } = await start();
  failures.push(new RequestError('unreachable', 'no network'));
  replica.catchUp();
  await tick();
  replica.retryNow();
  await tick();
  expect(reads).toHaveLength(3);
  replica.retryNow();
  await tick();
  expect(reads).toHaveLength(3);
});

test('a waiting read is not repeated before the server wants it', async () => {
  const { replica, failures, reads } = await start();
  failures.push(new RequestError('too_many_attempts', 'too many', { retryAfterSeconds: 50 }));
  replica.catchUp();
  await tick();
  replica.wake();
  replica.poll();
  await vi.advanceTimersByTimeAsync(49_000);
  replica.wake();
  expect(reads).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(reads).toHaveLength(3);
});

test.each([
  ['unauthenticated', 'logged_out'],
  ['document_not_found', 'access_withdrawn'],
  ['forbidden', 'access_withdrawn'],
  ['document_in_trash', 'trashed'],
] as const)('%s ends it: %s', async (code, reason) => {
  const { replica, failures, reads, seen } = await start();
  failures.push(refusal(code));
  replica.catchUp();
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(seen.ended).toEqual([reason]);
  expect(reads).toHaveLength(2);
});

test('a log that has become shorter is read anew', async () => {
  const { replica, log, seen, reads, append, text } = await start({ words: ['a', 'b', 'c'] });
  log.splice(1);
  replica.catchUp();
  await tick();
  expect(seen.regressions).toBe(1);
  expect(reads).toEqual([0, 3, 0]);
  replica.receive([append('d')]);
  await tick();
  expect(text()).toBe('abcd');
});

test('a server that has been started again may have lost what it had told: that is odd', async () => {
  const server = { epoch: 'before' };
  let oddities = 0;
  const { replica } = await start({
    read: async () => ({ ...page([], 0, 1), ...server }),
    onOddity: () => {
      oddities += 1;
    },
  });
  replica.catchUp();
  await tick();
  expect(oddities).toBe(0);
  server.epoch = 'after';
  for (let count = 0; count < 3; count++) {
    replica.catchUp();
    await tick();
  }
  expect(oddities).toBe(1);
});

test('what the server misses is exactly what the document has more', async () => {
  const { replica, doc, log } = await start({ words: ['a'] });
  expect((await replica.compareWithLog())().missing).toBeNull();
  doc.getText('content').insert(1, 'b');
  const compare = await replica.compareWithLog();
  doc.getText('content').delete(0, 1);
  const { missing } = compare();
  const server = new Y.Doc();
  for (const { update } of log) Y.applyUpdate(server, Buffer.from(update, 'base64'));
  Y.applyUpdate(server, missing as Uint8Array);
  expect(server.getText('content').toString()).toBe('b');
});

test('what the server has more comes along when it is asked what it misses', async () => {
  const { replica, append, text } = await start({ words: ['a'] });
  append('b');
  expect((await replica.compareWithLog())().missing).toBeNull();
  expect(text()).toBe('ab');
});

test('stopped, it reads and applies nothing any more', async () => {
  const { replica, append, control, release, text, seen } = await start();
  control.hold = true;
  const entry = append('a');
  replica.catchUp();
  replica.stop();
  replica.receive([entry]);
  replica.announce(5);
  await release();
  await vi.advanceTimersByTimeAsync(A_WHILE_MS);
  expect(text()).toBe('');
  expect(seen.caughtUp).toBe(1);
});
