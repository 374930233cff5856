import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Disk } from './disk.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Everything printed so far. */
  readonly output: () => string;
  /** Resolves with the exit code (null: killed) once the process is gone, whatever ended it. */
  readonly exited: Promise<number | null>;
  /** Sends the signal; resolves with the exit code (null: killed) once the process is gone. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

interface Environment {
  readonly [name: string]: string;
}

/** Where a server runs: in a directory, or on a disk of its own. */
type Place = string | Disk;

/** Starts the server as people do; resolves once it listens. */
export async function startServer(place: Place, environment: Environment = {}): Promise<ServerProcess> {
  const { child, output, exited } = launch(place, environment);
  const address = /listens on (http:\/\/localhost:(\d+))/;
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => address.test(output()) && resolve());
    exited.then(() => reject(new Error(`The server ended before it listened:\n${output()}`)));
  });
  const [, url = '', port] = address.exec(output()) ?? [];
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return {
    url,
    port: Number(port),
    pid: child.pid as number,
    output,
    exited,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop('SIGKILL');
    },
  };
}

/** Starts a server that is expected to refuse; gives its exit code and what it printed. */
export async function failedStart(
  place: Place,
  environment: Environment,
): Promise<{ code: number | null; output: string }> {
  const { output, exited } = launch(place, environment);
  return { code: await exited, output: output() };
}

/** Starts a server and kills it as soon as the condition holds; it must not have ended before. */
export async function killedStart(directory: string, isTime: () => boolean): Promise<void> {
  const { child, output, exited } = launch(directory, {});
  while (!isTime()) {
    if (child.exitCode !== null) throw new Error(`The server ended too early:\n${output()}`);
    await new Promise(resolve => setImmediate(resolve));
  }
  child.kill('SIGKILL');
  await exited;
}

function launch(place: Place, environment: Environment) {
  const prefix = typeof place === 'string' ? [] : place.prefix;
  const command = [...prefix, process.execPath, '--conditions=@cahier/source', main];
  // In a directory of its own, so that no `.env` of the person at the keyboard is read; nothing else is inherited.
  const child = spawn(command[0] as string, command.slice(1), {
    ...(typeof place === 'string' && { cwd: place }),
    env: { PATH: process.env.PATH, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', chunk => {
      text += chunk;
    });
  }
  return { child, output: () => text, exited: exitOf(child) };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'close');
  return code as number | null;
}

/** Logs in as a test user, the first unless another is named; gives the cookie. */
export async function logIn(url: string, email = 'user@exelearning.net'): Promise<string> {
  const response = await fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: '1234' }),
  });
  return response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}
