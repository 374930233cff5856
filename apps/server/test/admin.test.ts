import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createApiClient, DOCUMENT_ROOT } from '@cahier/protocol';
import { openEventStream } from '@cahier/testing';
import { expect, test, vi } from 'vitest';
import * as Y from 'yjs';
import { logIn, startServer } from './server-process.ts';
import { batchOf, nextEvent, streamOf, temporaryDirectory, Writer } from './support.ts';

// Whole processes on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 60_000 });

const program = fileURLToPath(new URL('../src/admin/main.ts', import.meta.url));

/** Runs the administrator's tool beside the server's data. */
function admin(directory: string, port: number, ...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=@cahier/source', program, ...args], {
    cwd: directory,
    env: { PORT: String(port) },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      output += chunk;
    });
  }
  return new Promise<{ code: number | null; output: string }>(resolve => {
    child.on('close', code => resolve({ code, output }));
  });
}

test('an administrator looks at a log and goes back in it, while the server runs and while it does not', async () => {
  await using directory = await temporaryDirectory();
  await using server = await startServer(directory.path);
  const { port } = server;
  const headers = { cookie: await logIn(server.url) };
  const api = createApiClient({ baseUrl: server.url, headers });
  const { id: documentId } = await api.createDocument({ body: {} });
  const params = { documentId };
  const author = new Writer();
  for (const update of [author.type('precious'), author.erase(8), author.type('nonsense')]) {
    await api.sendUpdate({ params, body: batchOf(update) });
  }

  const listed = await admin(directory.path, port, 'log', documentId, '--last', '2');
  expect(listed.output).toMatch(/^2 {2}\S+ {2}user@exelearning.net .* \+0 -8\n3 .* \+8 -8\n$/);
  expect((await admin(directory.path, port, 'show', documentId, '1')).output.trim()).toBe('precious');

  const { address, ...options } = streamOf(
    server.url,
    await api.subscribe({ body: { documents: [documentId] } }),
  );
  await using stream = await openEventStream(address, options);
  const restored = await admin(directory.path, port, 'restore', documentId, '1');
  expect(restored).toMatchObject({ code: 0, output: expect.stringContaining('sees it now') });
  expect(await nextEvent(stream, 'advanced')).toMatchObject({ seq: 4 });
  expect(await text()).toBe('precious');
  // The server goes on after what it has not written itself.
  await api.sendUpdate({ params, body: batchOf(author.type(' again')) });

  await server.stop('SIGTERM');
  const offline = await admin(directory.path, port, 'restore', documentId, '4');
  expect(offline).toMatchObject({ code: 0, output: expect.stringContaining('No server was there') });
  await using again = await startServer(directory.path, { PORT: String(port) });
  expect(again.url).toBe(server.url);
  expect(await text()).toBe('precious');
  expect((await api.readLog({ params, query: { after: 5 } })).updates).toHaveLength(1);

  const refused = await admin(directory.path, port, 'restore', documentId, '99');
  expect(refused).toEqual({ code: 1, output: 'There is no entry 99: the log has 6\n' });

  async function text(): Promise<string> {
    const { updates } = await api.readLog({ params, query: {} });
    const doc = new Y.Doc();
    for (const { update } of updates) Y.applyUpdate(doc, Buffer.from(update, 'base64'));
    return doc.getText(DOCUMENT_ROOT).toString();
  }
});
