// First, and evaluated before anything native is.
import './require-node.mjs';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StreamServer } from '@cahier/hub';
import { pino } from 'pino';
import { createApp } from './app.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { TEST_PASSWORD, testUsers } from './domain/seed.ts';
import { openServices } from './services.ts';

/** How long requests under way may take to finish when the process is asked to end. */
const SHUTDOWN_GRACE_MS = 3_000;

const KEEP_ALIVE_TIMEOUT_MS = 65_000;

const webDirectory = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** Ends the process before it has begun, with one line that says why. */
function refuseToStart(reason: string): never {
  console.error(`Cahier cannot start: ${reason}`);
  process.exit(1);
}

function configuration(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env');
  try {
    return readConfig();
  } catch (error) {
    if (error instanceof ConfigError) refuseToStart(error.message);
    throw error;
  }
}

const config = configuration();
const logger = pino({
  level: config.logLevel,
  serializers: { error: pino.stdSerializers.err },
  redact: ['*.token', '*.secret', '*.password', '*.authorization', '*.cookie'],
});

let publicUrl = config.publicUrl ?? `http://localhost:${config.port}`;
let shuttingDown = false;

const services = await openServices(config, {
  logger,
  publicUrl: () => publicUrl,
  onCrash: error => {
    // Every acknowledged update is on disk; whoever supervises the process starts it again.
    logger.fatal({ error }, 'a thread has ended, or the disk has failed');
    process.exit(1);
  },
}).catch((error: Error) => refuseToStart(`DATA_DIR (${resolve(config.dataDir)}): ${error.message}`));

const app = createApp({
  config,
  services,
  logger,
  publicUrl: () => publicUrl,
  webDirectory,
  isShuttingDown: () => shuttingDown,
});
const server = new StreamServer(app);
// Longer than a proxy keeps its connections: whoever closes first must not be the one that is about to be asked.
server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;

// A connection that a browser keeps open would hold up the end of the process after its last request.
server.on('request', (_request, response) => {
  response.on('close', () => {
    if (shuttingDown) setImmediate(() => server.closeIdleConnections());
  });
});

server.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EADDRINUSE') refuseToStart(`PORT ${config.port} is in use; set PORT to another one`);
  if (error.code === 'EACCES')
    refuseToStart(`PORT ${config.port} is not open to this user; set PORT to another one`);
  throw error;
});

server.listen(config.port, () => {
  const { port } = server.address() as AddressInfo;
  publicUrl = config.publicUrl ?? `http://localhost:${port}`;
  greet(port);
  services
    .resume()
    .catch((error: unknown) => logger.error({ error }, 'listeners could not be told of edits'));
});

function greet(port: number) {
  const lines = [`Cahier listens on http://localhost:${port}`];
  if (publicUrl !== `http://localhost:${port}`) lines.push(`Public address     ${publicUrl}`);
  if (config.seedUsers) {
    for (const { email } of testUsers) lines.push(`Log in as          ${email} / ${TEST_PASSWORD}`);
  }
  if (config.hub.outsideUrl !== undefined) lines.push(`Publishes to       ${config.hub.outsideUrl}`);
  lines.push(`Data is kept in    ${resolve(config.dataDir)}`);
  console.log(`\n  ${lines.join('\n  ')}\n`);
}

async function shutDown(signal: string) {
  if (shuttingDown) process.exit(1);
  shuttingDown = true;
  logger.debug({ signal }, 'shutting down');
  const closed = new Promise(done => server.close(done));
  await services.endStreams();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), SHUTDOWN_GRACE_MS);
  await closed;
  clearTimeout(timer);
  await services.close();
  process.exit(0);
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => shutDown(signal));
