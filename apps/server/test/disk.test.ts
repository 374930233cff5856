import { createApiClient, type LogEntry } from '@cahier/protocol';
import { expect, test, vi } from 'vitest';
import { openDisk, whyNoDisk } from './disk.ts';
import { failedStart, logIn, startServer } from './server-process.ts';
import { batchOf, Writer } from './support.ts';

// Whole processes and file systems on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000 });

const reason = await whyNoDisk();
const onDisk = test.skipIf(reason !== undefined);
const why = reason === undefined ? '' : ` (not here: ${reason})`;

/** A document, and how to write to it. */
async function prepare(url: string) {
  const api = createApiClient({ baseUrl: url, headers: { cookie: await logIn(url) } });
  const { id: documentId } = await api.createDocument({ body: {} });
  const params = { documentId };
  const saved: LogEntry[] = [];
  const send = async (body: ReturnType<typeof batchOf>) => {
    saved.push({ ...(await api.sendUpdate({ params, body })), ...body });
  };
  const stored = async () => (await api.readLog({ params, query: {} })).updates;
  return { api, saved, send, stored };
}

const unavailable = { code: 'storage_unavailable', status: 503 };

onDisk(`a full disk: edits are refused, reading goes on, and with room everything does${why}`, async () => {
  await using disk = await openDisk();
  await using server = await startServer(disk, { LOG_LEVEL: 'fatal' });
  const { api, saved, send, stored } = await prepare(server.url);
  const writer = new Writer();
  await send(batchOf(writer.type('before ')));

  await disk.fill();
  let refused: ReturnType<typeof batchOf>;
  let error: unknown;
  do {
    // The write-ahead log may have some room of its own left.
    refused = batchOf(writer.type('x'.repeat(10_000)));
    error = await send(refused).catch((thrown: unknown) => thrown);
  } while (error === undefined);
  expect(error).toMatchObject(unavailable);
  expect(await stored()).toEqual(saved);
  await expect(api.createDocument({ body: {} })).rejects.toMatchObject(unavailable);

  await disk.empty();
  await send(refused);
  await send(batchOf(writer.type('after')));
  expect(await stored()).toEqual(saved);
});

onDisk(
  `a disk that becomes read-only under the server: what was acknowledged is there when it is back${why}`,
  async () => {
    await using disk = await openDisk();
    const server = await startServer(disk, { LOG_LEVEL: 'fatal' });
    const port = String(server.port);
    const { saved, send, stored } = await prepare(server.url);
    const writer = new Writer();
    for (const word of ['one ', 'two ', 'three ']) await send(batchOf(writer.type(word)));

    await disk.fail();
    const refused = batchOf(writer.type('four'));
    await expect(send(refused)).rejects.toMatchObject(unavailable);
    // What is in the system's memory and not on the disk is nobody's business any more.
    expect(await server.exited).toBe(1);
    expect(server.output()).toContain('the disk has failed');

    await disk.putIn({ readOnly: true });
    const { code, output } = await failedStart(disk, { PORT: port });
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([expect.stringMatching(/^Cahier cannot start: DATA_DIR \(/)]);

    await disk.putIn();
    await using again = await startServer(disk, { PORT: port });
    expect(again.port).toBe(server.port);
    expect(await stored()).toEqual(saved);
    await send(refused);
    expect(await stored()).toEqual(saved);
  },
);
