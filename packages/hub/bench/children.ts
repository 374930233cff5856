import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** After that a process that was asked to end is killed. */
const END_GRACE_MS = 5_000;

export interface ChildOptions {
  /** What messages call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Where it runs, if it is to be tied to a core. */
  readonly core: number | undefined;
  /** What ends it. Default: hanging up, on which the benchmark's own programs end by themselves. */
  readonly endSignal?: NodeJS.Signals;
}

const running = new Set<Child>();
// Whatever ends the benchmark, nothing it started stays behind.
process.on('exit', () => {
  for (const child of running) child.abandon();
});

/** A process started by the benchmark, and ended by it. */
export class Child {
  readonly #process: ChildProcess;
  readonly #name: string;
  readonly #endSignal: NodeJS.Signals | undefined;
  #stopping = false;

  constructor({ name, command, args, core, endSignal }: ChildOptions) {
    const [file, ...rest] =
      core === undefined ? [command, ...args] : ['taskset', '-c', String(core), command, ...args];
    this.#name = name;
    this.#endSignal = endSignal;
    this.#process = spawn(file as string, rest, {
      stdio: endSignal ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    running.add(this);
    this.#process.setMaxListeners(0);
    this.#process.once('exit', () => running.delete(this));
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  send(message: object): void {
    this.#process.send(message);
  }

  onMessage<Message>(listener: (message: Message) => void): void {
    this.#process.on('message', listener as (message: unknown) => void);
  }

  /** Calls back if the process ends without having been asked to. */
  onCrash(listener: (reason: string) => void): void {
    this.#process.once('exit', (code, signal) => {
      if (!this.#stopping) listener(`${this.#name} ended with ${code ?? signal}`);
    });
  }

  /** The next message of a kind; rejects if the process ends before. */
  next<Message extends { readonly kind: string }, Kind extends Message['kind']>(
    kind: Kind,
  ): Promise<Extract<Message, { kind: Kind }>> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown) => {
        if ((message as Message).kind !== kind) return;
        settle();
        resolve(message as Extract<Message, { kind: Kind }>);
      };
      const onExit = () => {
        settle();
        reject(new Error(`${this.#name} ended unexpectedly`));
      };
      const settle = () => this.#process.off('message', onMessage).off('exit', onExit);
      this.#process.on('message', onMessage).once('exit', onExit);
    });
  }

  /** Asks the process to end and waits until it has. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (!running.has(this)) return;
    const exited = once(this.#process, 'exit');
    if (this.#endSignal) this.#process.kill(this.#endSignal);
    else if (this.#process.connected) this.#process.disconnect();
    const kill = setTimeout(() => this.#process.kill('SIGKILL'), END_GRACE_MS);
    await exited;
    clearTimeout(kill);
  }

  /** Ends the process without waiting. */
  abandon(): void {
    this.#process.kill(this.#endSignal ?? 'SIGKILL');
  }
}
