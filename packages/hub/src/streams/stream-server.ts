import { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { DetachableConnection } from './detachable-connection.ts';
import { RestingSockets } from './resting-sockets.ts';

/**
 * How long nothing has been asked on a connection before it rests. The next request takes some 30 microseconds longer; who
 * types sends several a second and does not meet with that.
 */
const REST_AFTER_MS = 500;

/**
 * A `node:http` server for a hub with many streams: an open stream takes about a third of the memory that it takes on a
 * server that `createServer` makes, because its connection is taken away from the HTTP machinery. So is one that its client
 * keeps for later, until then. For those who follow the response to a stream, it ends when the stream has opened. A connection that
 * comes back after a rest is a new one to those who listen to `connection`. Otherwise nobody notices, but that the
 * `socket` of a request is a `Duplex` and not a `net.Socket`; requests take some two microseconds longer.
 */
export class StreamServer extends Server {
  readonly #streams = new Set<Socket>();
  readonly #forget = forgetting(this.#streams);
  /** Those that may rest soon; some may be busy again. */
  readonly #idle = new Set<DetachableConnection>();
  #sweep: NodeJS.Timeout | undefined;
  readonly #resting = new RestingSockets((socket, chunk) => {
    socket.setTimeout(this.timeout);
    this.#connect(socket).receive(chunk);
  });

  // That is how Node lets connections be given to a server: see the event in its documentation.
  override emit(event: string, ...values: unknown[]): boolean {
    const [first, second] = values;
    if (event === 'connection' && first instanceof Socket) {
      this.#connect(first);
      return true;
    }
    if (event === 'request' && first instanceof IncomingMessage && second instanceof ServerResponse) {
      this.#follow(first, second);
    }
    return super.emit(event, ...values);
  }

  override closeIdleConnections(): void {
    super.closeIdleConnections();
    this.#resting.destroyAll();
  }

  override closeAllConnections(): void {
    super.closeAllConnections();
    this.#resting.destroyAll();
    for (const socket of this.#streams) socket.destroy();
  }

  #connect(socket: Socket): DetachableConnection {
    const connection = new DetachableConnection(socket, this.#onStream);
    super.emit('connection', connection);
    return connection;
  }

  #follow(request: IncomingMessage, response: ServerResponse): void {
    const connection: unknown = request.socket;
    if (!(connection instanceof DetachableConnection)) return;
    connection.beginRequest(request);
    response.once('close', () => {
      if (!connection.endRequest(request)) return;
      this.#idle.add(connection);
      this.#sweep ??= setTimeout(this.#restIdle, REST_AFTER_MS).unref();
    });
  }

  /** Lets connections rest that have been idle for long enough. */
  readonly #restIdle = (): void => {
    const since = performance.now() - REST_AFTER_MS;
    for (const connection of this.#idle) {
      if (connection.idleSinceMs !== undefined && connection.idleSinceMs > since) continue;
      this.#idle.delete(connection);
      if (connection.idleSinceMs === undefined) continue;
      const socket = connection.detach();
      if (socket === undefined) continue;
      connection.destroy();
      this.#resting.add(socket);
    }
    this.#sweep = this.#idle.size > 0 ? setTimeout(this.#restIdle, REST_AFTER_MS).unref() : undefined;
  };

  readonly #onStream = (socket: Socket): void => {
    this.#streams.add(socket);
    socket.on('close', this.#forget);
  };
}

/** One function for all sockets, as there are many. */
function forgetting(sockets: Set<Socket>): (this: Socket) => void {
  return function (this: Socket) {
    sockets.delete(this);
  };
}
