import { execFileSync } from 'node:child_process';
import { createApiClient, DOCUMENT_ROOT, type LogEntry, type RequestError } from '@cahier/protocol';
import { createRandom } from '@cahier/testing';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { logIn, startServer } from './server-process.ts';
import { batchOf, temporaryDirectory, Writer } from './support.ts';

const ROUNDS = 4;
const TIMEOUT_MS = 60_000;

interface Sent {
  readonly batch: string;
  readonly update: string;
  /** What the server acknowledged; undefined: it was killed before the answer came. */
  seq: number | undefined;
}

test('whatever was acknowledged is there after kill -9, byte for byte and without holes', {
  timeout: TIMEOUT_MS,
}, async () => {
  const random = createRandom();
  await using directory = await temporaryDirectory();
  const sent: Sent[] = [];
  const writer = new Writer();
  let port = '0';
  let documentId = '';
  let headers = {};

  for (let round = 0; round < ROUNDS; round++) {
    await using server = await startServer(directory.path, { PORT: port });
    port = String(server.port);
    if (round === 0) {
      headers = { cookie: await logIn(server.url) };
      const api = createApiClient({ baseUrl: server.url, headers });
      ({ id: documentId } = await api.createDocument({ body: {} }));
    }
    const api = createApiClient({ baseUrl: server.url, headers });

    const send = async (entry: Sent) => {
      const { batch, update } = entry;
      entry.seq = (await api.sendUpdate({ params: { documentId }, body: { batch, update } })).seq;
    };
    /** A client as it should be: one batch in flight, and the same batch again until it is acknowledged. */
    const write = async (nextUpdate: () => Uint8Array, open: Sent | undefined) => {
      let entry = open;
      for (;;) {
        if (!entry) {
          entry = { ...batchOf(nextUpdate()), seq: undefined };
          sent.push(entry);
        }
        await send(entry);
        entry = undefined;
      }
    };
    // One bot goes on with its text, retrying what was not acknowledged; others start new ones in parallel.
    const unacknowledged = sent.filter(({ seq }) => seq === undefined);
    const bots = [
      write(() => writer.type(`${random.word(5)} `), unacknowledged[0]),
      ...unacknowledged.slice(1).map(entry => send(entry).then(() => write(newText, undefined))),
      ...(unacknowledged.length === 0 ? [1, 2, 3].map(() => write(newText, undefined)) : []),
    ];
    function newText() {
      return new Writer().type(random.word(random.integer(1, 2000)));
    }
    const ends = Promise.allSettled(bots);

    const enough = sent.length + random.integer(20, 120);
    await new Promise<void>(resolve => {
      const look = () => (sent.length >= enough ? resolve() : setImmediate(look));
      look();
    });
    await server.stop('SIGKILL');
    for (const end of await ends) {
      // Nothing but the kill may have stopped a bot.
      if (end.status === 'rejected') expect((end.reason as RequestError).code).toBe('unreachable');
    }
  }

  await using server = await startServer(directory.path, { PORT: port });
  const api = createApiClient({ baseUrl: server.url, headers });
  const log: LogEntry[] = [];
  const doc = new Y.Doc();
  for (let more = true; more; ) {
    const page = await api.readLog({ params: { documentId }, query: { after: log.at(-1)?.seq ?? 0 } });
    // Fewer than a snapshot would be made of.
    expect(page.snapshot).toBeNull();
    log.push(...page.updates);
    ({ more } = page);
  }
  const acknowledged = sent.filter(({ seq }) => seq !== undefined);
  expect(acknowledged.length).toBeGreaterThan(50);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1));
  expect(new Set(log.map(({ batch }) => batch)).size).toBe(log.length);
  for (const { seq, batch, update } of acknowledged) {
    expect(log[(seq as number) - 1]).toEqual({ seq, batch, update });
  }
  // Beside them only what was on its way when the server was killed: nothing half-written, nothing invented.
  const batches = new Map(sent.map(entry => [entry.batch, entry]));
  for (const { batch, update } of log) expect(batches.get(batch)?.update).toBe(update);
  for (const { update } of log) Y.applyUpdate(doc, Buffer.from(update, 'base64'));
  expect(doc.store.pendingStructs).toBeNull();
  expect(doc.getText(DOCUMENT_ROOT).length).toBeGreaterThan(0);
});

test.skipIf(process.platform !== 'linux')(
  'when the disk is full nothing is lost, and saving works again when there is room',
  { timeout: TIMEOUT_MS },
  async () => {
    await using directory = await temporaryDirectory();
    await using server = await startServer(directory.path);
    const api = createApiClient({ baseUrl: server.url, headers: { cookie: await logIn(server.url) } });
    const { id: documentId } = await api.createDocument({ body: {} });
    const params = { documentId };
    const limitFiles = (bytes: string) =>
      execFileSync('prlimit', [`--pid=${server.pid}`, `--fsize=${bytes}:unlimited`]);

    limitFiles('1000000');
    const writer = new Writer();
    const saved: LogEntry[] = [];
    let refused: ReturnType<typeof batchOf>;
    let error: unknown;
    do {
      refused = batchOf(writer.type('x'.repeat(20_000)));
      error = await api.sendUpdate({ params, body: refused }).then(
        ({ seq }) => void saved.push({ seq, ...refused }),
        (reason: unknown) => reason,
      );
    } while (error === undefined);
    expect(error).toMatchObject({ code: 'storage_unavailable', status: 503 });
    expect(saved.length).toBeGreaterThan(5);
    const stored = async () => (await api.readLog({ params, query: {} })).updates;
    expect(await stored()).toEqual(saved);

    limitFiles('unlimited');
    const { seq } = await api.sendUpdate({ params, body: refused });
    expect(await stored()).toEqual([...saved, { seq, ...refused }]);
  },
);
