import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openEventStream } from '@cahier/testing';
import { describe, expect, test, vi } from 'vitest';
import { failedStart, startServer } from './server-process.ts';
import { temporaryDirectory } from './support.ts';

// Whole processes on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

describe('the start', () => {
  test('says where it listens, who can log in and where the data is', async () => {
    await using directory = await temporaryDirectory();
    await using server = await startServer(directory.path);
    expect(await json(`${server.url}/healthcheck`)).toEqual({ status: 'ok' });
    expect(server.output()).toContain('user@exelearning.net / 1234');
    expect(server.output()).toContain('user2@exelearning.net / 1234');
    expect(server.output()).toContain(join(directory.path, 'data'));
    // Its own address, and with it the topics of documents, is the one that the system chose.
    expect(await json(`${server.url}/api/openapi.json`)).toMatchObject({ servers: [{ url: server.url }] });
  });

  test('happens under `node --watch`, too, where the runtime talks between the threads', async () => {
    await using directory = await temporaryDirectory();
    // What `--watch` sets for the process that it watches.
    await using server = await startServer(directory.path, { WATCH_REPORT_DEPENDENCIES: '1' });
    expect(await json(`${server.url}/healthcheck`)).toEqual({ status: 'ok' });
  });

  test('reads a .env file, which the environment overrules', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, '.env'), 'SEED_USERS=false\nAPP_ENV=staging\n');
    await using server = await startServer(directory.path, { APP_ENV: 'dev' });
    expect(server.output()).not.toContain('user@exelearning.net');
  });

  test.each([
    ['MERCURE_JWT_SECRET_KEY', { APP_ENV: 'prod' }],
    ['DATA_DIR', { DATA_DIR: '/dev/null/data' }],
  ])('ends with one line that names %s when it is wrong', async (name, environment) => {
    await using directory = await temporaryDirectory();
    const { code, output } = await failedStart(directory.path, environment);
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([expect.stringContaining(name)]);
  });

  test('ends with one line when the port is in use', async () => {
    await using directory = await temporaryDirectory();
    // Not on the loopback interface alone: the server listens on all of them.
    const occupant = createServer().listen(0);
    await new Promise(resolve => occupant.once('listening', resolve));
    const { port } = occupant.address() as { port: number };
    const { code, output } = await failedStart(directory.path, { PORT: String(port) });
    occupant.close();
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([expect.stringContaining(`PORT ${port} is in use`)]);
  });

  test('ends with one line when another server has the data', async () => {
    await using directory = await temporaryDirectory();
    await using _ = await startServer(directory.path);
    const { code, output } = await failedStart(directory.path, {});
    expect(code).toBe(1);
    expect(output.trim().split('\n')).toEqual([expect.stringContaining('in use by another running server')]);
  });

  test.each([
    ['20.20.2', 1],
    ['24.0.0', 0],
  ])('under Node %s the version is checked before anything else is loaded', (version, code) => {
    const file = fileURLToPath(new URL('../src/require-node.mjs', import.meta.url));
    const script = `Object.defineProperty(process.versions, 'node', { value: '${version}' }); import(${JSON.stringify(file)});`;
    const { status, stderr } = spawnSync(process.execPath, ['--eval', script], { encoding: 'utf8' });
    expect(status).toBe(code);
    expect(stderr).toBe(code === 0 ? '' : `Cahier needs Node 24 or newer; this is ${version}.\n`);
  });
});

describe('the end', () => {
  test('streams end in good order, and the exit code is 0', async () => {
    await using directory = await temporaryDirectory();
    const server = await startServer(directory.path);
    await using stream = await openEventStream(`${server.url}/.well-known/mercure?topic=anything`);
    expect(await server.stop('SIGTERM')).toBe(0);
    await expect(stream.closed).resolves.toBe('ended');
    await expect(fetch(server.url)).rejects.toThrow();
    // SQLite has put its journal away: nothing is left to recover.
    expect(await readdir(join(directory.path, 'data'))).toEqual(['cahier.db', 'cahier.lock']);
  });

  test('a request under way is finished first', async () => {
    await using directory = await temporaryDirectory();
    const server = await startServer(directory.path);
    const logIn = request(`${server.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', expect: '100-continue' },
    });
    const answered = once(logIn, 'response');
    logIn.flushHeaders();
    // The server has the request, and waits for its body.
    await once(logIn, 'continue');
    const stopped = server.stop('SIGINT');
    await refusedOrShuttingDown(server.url);
    logIn.end(JSON.stringify({ email: 'user@exelearning.net', password: '1234' }));
    const [response] = (await answered) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    response.resume();
    expect(await stopped).toBe(0);
  });
});

const json = async (url: string): Promise<unknown> => (await fetch(url)).json();

/** Waits until the server takes no new requests. */
async function refusedOrShuttingDown(url: string) {
  for (;;) {
    const status = await fetch(`${url}/healthcheck`).then(
      response => response.status,
      () => 'refused',
    );
    if (status !== 200) return;
  }
}
