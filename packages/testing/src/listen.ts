import { createServer, type IncomingMessage, Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening extends AsyncDisposable {
  /** The origin to send requests to, without a trailing slash: `http://127.0.0.1:54321`. */
  readonly url: string;
  readonly server: Server;
  /** Stops listening and cuts the connections that are still open. May be called more than once. */
  close(): Promise<void>;
}

/** May be asynchronous. What it throws fails the test, unless whoever asked has gone before having said everything. */
type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * Serves `handler` (or starts an existing `node:http` server) on a free port of the loopback interface.
 *
 * `await using server = await listen(app)` closes it at the end of the block.
 */
export async function listen(handler: Handler | Server): Promise<Listening> {
  const server = handler instanceof Server ? handler : createServer((...asked) => answer(handler, ...asked));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= new Promise<void>(resolve => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closing;
  };
  return { url: `http://127.0.0.1:${port}`, server, close, [Symbol.asyncDispose]: close };
}

async function answer(handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await handler(request, response);
  } catch (error) {
    if (request.complete) throw error;
  }
}
