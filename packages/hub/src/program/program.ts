import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HubError } from '../diagnostics/errors.ts';
import type { Logger } from '../diagnostics/logger.ts';
import { createHub, type Hub } from '../hub.ts';
import { StreamServer } from '../streams/stream-server.ts';
import { memoryTransport } from '../transports/memory-transport.ts';
import type { Transport } from '../transports/transport.ts';
import type { Configuration } from './configuration.ts';
import { createMetricsHandler } from './metrics.ts';
import { ConfigurationError } from './settings.ts';

/** Connections beside the streams: publishers, health checks, requests that are refused. */
const SPARE_CONNECTIONS = 1_000;
/** How long requests under way may take to finish when the program is asked to end. */
const SHUTDOWN_GRACE_MS = 5_000;

export interface Program {
  /** Where the hub listens on this machine. */
  readonly url: string;
  /** Undefined when metrics have no port of their own. */
  readonly metricsUrl: string | undefined;
  /** Stops listening, ends the streams in good order so that their clients resume elsewhere, closes the history. */
  close(): Promise<void>;
}

/**
 * Runs a hub on a server of its own.
 *
 * @throws ConfigurationError when it cannot be started as it is configured
 */
export async function startProgram(configuration: Configuration, logger: Logger): Promise<Program> {
  const { host, metrics } = configuration;
  const server = new StreamServer();
  let publicUrl = configuration.publicUrl ?? `http://localhost:${configuration.port}`;
  const hub = await openHub(configuration, logger, () => publicUrl);
  const metricsHandler = createMetricsHandler(hub, metrics?.path ?? '/metrics');
  const metricsServer =
    metrics?.port === undefined ? undefined : createServer(onlyDiagnostics(hub, metricsHandler));
  const isServedHere = metrics !== undefined && metricsServer === undefined;
  server.on('request', (request, response) => {
    if (isServedHere && metricsHandler(request, response)) return;
    hub.handler(request, response);
  });
  server.maxConnections = configuration.maxConnections + SPARE_CONNECTIONS;
  server.on('drop', () => logger.warn('A connection was dropped: there are too many'));

  try {
    await listen(server, configuration.port, host, 'PORT');
    if (metricsServer) await listen(metricsServer, metrics?.port ?? 0, host, 'MERCURE_METRICS_PORT');
  } catch (error) {
    server.close();
    await hub.close();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  publicUrl = configuration.publicUrl ?? `http://localhost:${port}`;

  let closing: Promise<void> | undefined;
  return {
    url: `http://localhost:${port}`,
    metricsUrl: metricsServer && `http://localhost:${(metricsServer.address() as AddressInfo).port}`,
    close() {
      closing ??= (async () => {
        // No longer listening, so that clients whose streams end do not come back to this process.
        const closed = closeServer(server);
        await hub.close();
        await closed;
        if (metricsServer) await closeServer(metricsServer);
      })();
      return closing;
    },
  };
}

async function openHub(
  { hub, transport, maxConnections }: Configuration,
  logger: Logger,
  publicUrl: () => string,
): Promise<Hub> {
  let opened: Transport | undefined;
  try {
    opened = await openTransport(transport);
    return createHub({ ...hub, maxConnections, transport: opened, logger, publicUrl });
  } catch (error) {
    await opened?.close();
    throw error instanceof HubError ? new ConfigurationError(inTheWordsOfSettings(error.message)) : error;
  }
}

/** The hub's messages begin with the names of its options where they are about keys. */
function inTheWordsOfSettings(message: string): string {
  return message.replace('publisherKey', "publishers' key").replace('subscriberKey', "subscribers' key");
}

async function openTransport(setting: Configuration['transport']): Promise<Transport> {
  switch (setting.kind) {
    case 'memory': {
      const { maxEvents, maxBytes } = setting;
      return memoryTransport({
        ...(maxEvents !== undefined && { maxEvents }),
        ...(maxBytes !== undefined && { maxBytes }),
      });
    }
    case 'sqlite': {
      // Only now: whoever keeps the history in memory needs no native module.
      const { sqliteTransport } = await import('../transports/sqlite/index.ts');
      return sqliteTransport(setting);
    }
  }
}

/** On a port of its own: metrics and health, and no way to the hub. */
function onlyDiagnostics(hub: Hub, metrics: ReturnType<typeof createMetricsHandler>): RequestListener {
  return (request, response) => {
    if (metrics(request, response)) return;
    const isHealth = /^\/(?:healthz|mercure\/health\/\w+)$/.test(request.url ?? '');
    if (isHealth) hub.handler(request, response);
    else response.writeHead(404).end();
  };
}

/** @throws ConfigurationError when the port cannot be had */
function listen(server: Server, port: number, host: string | undefined, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reasons: Record<string, string> = {
        EADDRINUSE: `${setting} ${port} is in use`,
        EACCES: `${setting} ${port} is not open to this user`,
      };
      reject(new ConfigurationError(reasons[error.code ?? ''] ?? `Cannot listen: ${error.message}`));
    });
    server.listen({ port, ...(host !== undefined && { host }) }, resolve);
  });
}

/** Resolves when every connection is over; those that take too long are cut. */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), SHUTDOWN_GRACE_MS);
  await closed;
  clearTimeout(cut);
}
