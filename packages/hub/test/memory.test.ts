import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { mintClaimToken } from '@cahier/testing';
import { expect, it } from 'vitest';
import type { HubReply, HubRequest, ServerKind } from './hub-process.ts';

const WANTED_CONNECTIONS = 10_000;
/** Files that the test runner itself and the hub need. */
const SPARE_FILES = 300;
/** Connections opened at once: fewer than a server's backlog. */
const WAVE = 200;
const MIB = 1024 * 1024;
const secret = '!ChangeThisMercureHubJWTSecretKey!';

/** As many as are wanted, or as this process may have files. */
function affordableConnections(): number {
  if (process.report === undefined) return WANTED_CONNECTIONS;
  const report = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft: number | 'unlimited' } };
  };
  const files = Number(report.userLimits?.open_files?.soft);
  const affordable = Number.isNaN(files) ? WANTED_CONNECTIONS : files - SPARE_FILES;
  if (affordable < WANTED_CONNECTIONS) {
    process.stdout.write(`Only ${affordable} connections of ${WANTED_CONNECTIONS}: see ulimit -n\n`);
  }
  return Math.min(WANTED_CONNECTIONS, affordable);
}

async function startHub(kind: ServerKind = 'node:http') {
  const child: ChildProcess = fork(fileURLToPath(new URL('hub-process.ts', import.meta.url)), [kind], {
    // The flag is the one that the program is started with.
    execArgv: ['--expose-gc', '--max-semi-space-size=4', '--conditions=@cahier/source'],
  });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    port: Number(new URL(url).port),
    async ask(request: HubRequest): Promise<HubReply> {
      const answered = once(child, 'message');
      child.send(request);
      const [answer] = (await answered) as [HubReply];
      return answer;
    },
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

/** Opens a stream and resolves when the hub has answered; what comes later stays in the socket until somebody reads. */
async function openSocket(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET /.well-known/mercure?topic=a HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'readable');
  return socket;
}

async function openSockets(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const wave = Math.min(WAVE, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: wave }, () => openSocket(port)))));
  }
  return sockets;
}

/** Opens a stream by `QUERY`, or resolves with undefined when the hub refuses it. */
async function query(port: number, body: string): Promise<Socket | undefined> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    `QUERY /.well-known/mercure HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n` +
      `Content-Type: application/x-www-form-urlencoded\r\n\r\n${body}`,
  );
  const [answer] = await once(socket, 'data');
  if (String(answer).startsWith('HTTP/1.1 200')) return socket;
  expect(String(answer)).toMatch(/^HTTP\/1\.1 400 [\s\S]*"matcher_unsupported"/);
  socket.destroy();
  return undefined;
}

/** Resolves when the stream brings this text. */
function receives(socket: Socket, text: string): Promise<void> {
  return new Promise(resolve => {
    let received = '';
    socket.on('data', chunk => {
      received = (received + chunk).slice(-1_000);
      if (received.includes(text)) resolve();
    });
  });
}

async function connected(hub: Awaited<ReturnType<typeof startHub>>, count: number): Promise<HubReply> {
  let reply = await hub.ask({ name: 'measure' });
  while (reply.statistics.subscribersConnected !== count) reply = await hub.ask({ name: 'measure' });
  return reply;
}

it.each<{ kind: ServerKind; mostResidentBytes: number }>([
  { kind: 'node:http', mostResidentBytes: 24_000 },
  { kind: 'StreamServer', mostResidentBytes: 12_000 },
])(
  'L10 thousands of streams on $kind come, half of them break off, and nothing of any stays',
  async ({ kind, mostResidentBytes }) => {
    const count = affordableConnections();
    await using hub = await startHub(kind);
    // Once beforehand, so that what is made once is there.
    for (const socket of await openSockets(hub.port, WAVE)) socket.destroy();
    const { memoryBytes: before, residentBytes: residentBefore } = await connected(hub, 0);

    const sockets = await openSockets(hub.port, count);
    const { memoryBytes: during, residentBytes } = await connected(hub, count);
    for (const socket of sockets.slice(0, count / 2)) socket.resetAndDestroy();
    await connected(hub, count - Math.floor(count / 2));

    const remaining = sockets.slice(count / 2);
    const arrived = remaining.map(socket => receives(socket, 'data: xxxxx\n'));
    await hub.ask({ name: 'publish', count: 1, bytes: 5 });
    await Promise.all(arrived);
    for (const socket of remaining) socket.destroy();
    await connected(hub, 0);
    process.stdout.write(
      `${count} streams on ${kind}: ${(before / MIB).toFixed(1)} MiB before, ${(during / MIB).toFixed(1)} MiB during\n`,
    );
    expect(during - before).toBeGreaterThan(count * 1_000);
    expect(residentBytes - residentBefore).toBeLessThan(count * mostResidentBytes);
    // The hub hears of the end of a stream a moment before Node has put the last of its socket away.
    const growth = async () => (await hub.ask({ name: 'measure' })).memoryBytes - before;
    await expect.poll(growth, { timeout: 60_000 }).toBeLessThan(2 * MIB);
  },
  120_000,
);

it('L11 an embedder at full speed fills the queues of those who never read, and no more', async () => {
  await using hub = await startHub();
  await openSockets(hub.port, 1);
  const { memoryBytes: before } = await hub.ask({ name: 'measure' });
  const published = { count: 10_000, bytes: 64 * 1024 };
  const { memoryBytes: most, statistics } = await hub.ask({ name: 'publish', ...published });
  expect(statistics.updatesTotal * published.bytes).toBeGreaterThan(500 * MIB);
  expect(statistics.subscribersDropped.too_slow).toBe(1);
  // A queue of 4 MiB, a history of 1 MiB, and what is on its way through.
  expect(most - before).toBeLessThan(12 * MIB);
}, 60_000);

it('L11 a publisher at full speed over HTTP fills the queues of those who never read, and no more', async () => {
  await using hub = await startHub();
  const stuck = 5;
  await openSockets(hub.port, stuck);
  const { memoryBytes: before } = await hub.ask({ name: 'measure' });
  const headers = { authorization: `Bearer ${await mintClaimToken({ secret, publish: ['a'] })}` };
  const body = new URLSearchParams({ topic: 'a', data: 'x'.repeat(200_000) });
  let most = 0;
  let dropped = 0;
  while (dropped < stuck) {
    await Promise.all(
      Array.from({ length: 10 }, () =>
        fetch(`${hub.url}/.well-known/mercure`, { method: 'POST', headers, body }),
      ),
    );
    const { memoryBytes, statistics } = await hub.ask({ name: 'measure' });
    most = Math.max(most, memoryBytes);
    dropped = statistics.subscribersDropped.too_slow;
  }
  expect(most - before).toBeLessThan((stuck * 4 + 20) * MIB);
}, 60_000);

const part = '(x{480})';
it.each([
  ['repeat in every component', 'match_urlpattern', `${part}://${part}:${part}/${part}?${part}#${part}`],
  ['repeat classes of characters', 'match_urlpattern', `/(${'[^ab]'.repeat(380)})`],
  ['have long prefixes', 'topic', '{a:32}'],
  ['have many long names', 'topic', `{?${Array(32).fill('y'.repeat(55))}}`],
])(
  'V5 a stream takes no more than a megabyte for patterns that %s',
  async (_, name, pattern) => {
    await using hub = await startHub();
    const body = (count: number) =>
      Array.from({ length: count }, (_, index) => `${name}=${encodeURIComponent(pattern + index)}`).join('&');
    expect(await query(hub.port, body(100))).toBeUndefined();
    let [most, tooMany] = [1, 100];
    while (tooMany - most > 1) {
      const count = Math.floor((most + tooMany) / 2);
      const stream = await query(hub.port, body(count));
      stream?.destroy();
      if (stream === undefined) tooMany = count;
      else most = count;
    }
    const { memoryBytes: before } = await connected(hub, 0);
    const streams = 20;
    await Promise.all(Array.from({ length: streams }, () => query(hub.port, body(most))));
    const { memoryBytes: during } = await connected(hub, streams);
    process.stdout.write(
      `${most} patterns: ${Math.round((during - before) / streams / 1024)} KiB a stream\n`,
    );
    expect((during - before) / streams).toBeLessThan(MIB);
  },
  60_000,
);
