// A hub in a process of its own, for tests that measure its memory. Started by `fork` with --expose-gc, and the name of a
// kind of server as its argument.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHub, type HubStatistics, memoryTransport, StreamServer } from '../src/index.ts';

/** What a hub can be served by. */
export type ServerKind = 'node:http' | 'StreamServer';

export type HubRequest =
  | { readonly name: 'measure' }
  /** Publishes as fast as it can, without waiting for anything but the hub. */
  | { readonly name: 'publish'; readonly count: number; readonly bytes: number };

export interface HubReply {
  /** Of JavaScript's heap and of buffers outside of it: after a collection, or the most that there was meanwhile. */
  readonly memoryBytes: number;
  /** Of the whole process. */
  readonly residentBytes: number;
  readonly statistics: HubStatistics;
}

const secret = '!ChangeThisMercureHubJWTSecretKey!';
const hub = createHub({
  publisherKey: { secret },
  subscriberKey: { secret },
  anonymous: true,
  maxConnections: 20_000,
  transport: memoryTransport({ maxBytes: 1024 * 1024 }),
});
const kind = process.argv[2] as ServerKind;
const server = kind === 'StreamServer' ? new StreamServer(hub.handler) : createServer(hub.handler);
const reply = (message: HubReply | { readonly url: string }) => process.send?.(message);

function memoryBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function publish(count: number, bytes: number): Promise<number> {
  const data = 'x'.repeat(bytes);
  let most = 0;
  for (let number = 0; number < count; number++) {
    await hub.publish({ topics: 'a', data });
    if (number % 100 === 0) most = Math.max(most, memoryBytes());
  }
  return most;
}

process.on('message', async (request: HubRequest) => {
  const bytes = request.name === 'publish' ? await publish(request.count, request.bytes) : memoryBytes();
  reply({ memoryBytes: bytes, residentBytes: process.memoryUsage.rss(), statistics: hub.statistics() });
});
process.on('disconnect', () => process.exit());

server.listen(0, '127.0.0.1', () => {
  reply({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
