import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Child } from '../children.ts';

/** Another process may take the port between our finding it free and nginx listening on it. */
const ATTEMPTS = 5;
const POLLS = 250;
const POLL_MS = 20;

export interface NchanPaths {
  readonly nginx: string;
  /** `ngx_nchan_module.so`. */
  readonly module: string;
}

export interface RunningNchan {
  readonly port: number;
  /** The worker process: the one that does the work. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** Runs nginx with one worker and nchan's defaults, in a temporary folder. */
export async function startNchan(paths: NchanPaths, core: number | undefined): Promise<RunningNchan> {
  for (let attempt = 1; ; attempt++) {
    const folder = mkdtempSync(join(tmpdir(), 'cahier-bench-'));
    // Retries, because on an abrupt end nginx may still be creating its folders.
    const removeFolder = () =>
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    process.once('exit', removeFolder);
    const port = await freePort();
    writeFileSync(join(folder, 'nginx.conf'), configuration(paths.module, folder, port));
    const child = new Child({
      name: 'nginx',
      command: paths.nginx,
      args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
      core,
      endSignal: 'SIGTERM',
    });
    const stop = async () => {
      await child.stop();
      removeFolder();
      process.off('exit', removeFolder);
    };
    const pid = await startedWorker(port, child);
    if (pid !== undefined) return { port, pid, stop };
    await stop();
    if (attempt === ATTEMPTS) throw new Error('nginx did not start; its own message is above');
  }
}

function configuration(module: string, folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
load_module ${module};
daemon off;
error_log stderr error;
worker_processes 1;
pid ${folder}/nginx.pid;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 32768; }
http {
  access_log off;
  keepalive_requests 1000000000;
  ${temporary.map(name => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /subscribe { nchan_subscriber eventsource; nchan_channel_id $arg_topic; }
    location = /publish { nchan_publisher http; nchan_channel_id $arg_topic; }
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until a worker is there and connections are accepted; undefined when nginx has ended. */
async function startedWorker(port: number, nginx: Child): Promise<number | undefined> {
  let crashed = false;
  nginx.onCrash(() => {
    crashed = true;
  });
  for (let poll = 0; poll < POLLS && !crashed; poll++) {
    const workers = readFileSync(`/proc/${nginx.pid}/task/${nginx.pid}/children`, 'utf8').trim();
    if (workers !== '' && (await accepts(port))) return Number(workers.split(' ')[0]);
    await wait(POLL_MS);
  }
  return undefined;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
