import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pin } from '@cahier/testing';

const preload = new URL('servers/collect-garbage.ts', import.meta.url);
const ADDRESS = /listens on http:\/\/localhost:(\d+)/;

interface ServerOptions {
  readonly program: URL;
  readonly args?: readonly string[];
  /** Where it runs: nothing else is inherited, so that no configuration of the person at the keyboard is read. */
  readonly directory: string;
  readonly environment?: Record<string, string>;
  /** Options of Node itself that the server is started with. Default: none. */
  readonly nodeOptions?: readonly string[];
  /** Default: any. */
  readonly core: number | undefined;
  /** Where a CPU profile is put when the server has ended in order. */
  readonly profileFolder: string | undefined;
}

const running = new Set<ChildProcess>();
// Whatever ends the benchmark, nothing it started stays behind.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A server as a process of its own, tied to its core. */
export class ServerProcess {
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
    this.pid = child.pid as number;
  }

  /** Starts one; resolves when it has printed where it listens. */
  static async start(options: ServerOptions): Promise<ServerProcess> {
    const {
      program,
      args = [],
      directory,
      environment = {},
      nodeOptions = [],
      core,
      profileFolder,
    } = options;
    const profile = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
    const child = spawn(
      process.execPath,
      [
        ...nodeOptions,
        '--conditions=@cahier/source',
        `--import=${preload}`,
        ...profile,
        fileURLToPath(program),
        ...args,
      ],
      { cwd: directory, env: environment, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    running.add(child);
    child.once('exit', () => running.delete(child));
    let output = '';
    const port = await new Promise<number>((resolve, reject) => {
      child.stdout?.on('data', chunk => {
        output += chunk;
        const address = ADDRESS.exec(output);
        if (address) resolve(Number(address[1]));
      });
      child.once('exit', () => reject(new Error(`A server ended before it listened:\n${output}`)));
    });
    if (core !== undefined) pin(child.pid as number, core);
    return new ServerProcess(child, port);
  }

  collectGarbage(): void {
    this.#child.kill('SIGUSR2');
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    if (!running.has(this.#child)) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}
