import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/cahier-hub.mjs', import.meta.url));

export interface ProgramProcess extends AsyncDisposable {
  /** The origin of the hub. */
  readonly url: string;
  readonly metricsUrl: string | undefined;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Sends a signal and resolves with the exit code when the program has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

type Environment = Readonly<Record<string, string>>;

/** Starts the program on a free port and resolves when it listens. */
export async function startProgramProcess(environment: Environment): Promise<ProgramProcess> {
  const { child, stdout, stderr, exited } = spawnProgram({ PORT: '0', ...environment });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => {
      if (stdout().includes('The hub listens on')) resolve();
    });
    void exited.then(() => reject(new Error(`The program has ended: ${stderr()}`)));
  });
  const [, port] = stdout().match(/listens on http:\/\/localhost:(\d+)/) ?? [];
  const [, metricsPort] = stdout().match(/Metrics are at http:\/\/localhost:(\d+)/) ?? [];
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return exited;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    metricsUrl: metricsPort === undefined ? undefined : `http://127.0.0.1:${metricsPort}`,
    stdout,
    stderr,
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL');
    },
  };
}

/** Runs the program to its end. */
export async function runProgram(environment: Environment, ...args: string[]) {
  const { stdout, stderr, exited } = spawnProgram(environment, ...args);
  const code = await exited;
  return { code, stdout: stdout(), stderr: stderr() };
}

function spawnProgram(env: Environment, ...args: string[]) {
  const child: ChildProcess = spawn(process.execPath, [BIN, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk;
    });
  }
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, stdout: () => output.stdout, stderr: () => output.stderr, exited };
}
