import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ClientCommand, ClientReport, ClientSettings } from './client.ts';
import type { Clocks } from './clocks.ts';

const program = fileURLToPath(new URL('client.ts', import.meta.url));

/** What the clients have done so far, as they have told. */
export class Record {
  readonly made = new Set<string>();
  readonly erased = new Set<string>();
  /** Marks that the server has said it has. */
  readonly acknowledged = new Set<string>();
  readonly acknowledgedErasures = new Set<string>();
  readonly ends: string[] = [];

  note(report: ClientReport): void {
    if (report.kind === 'made') this.made.add(report.mark);
    else if (report.kind === 'erased') this.erased.add(report.mark);
    else if (report.kind === 'ended') this.ends.push(report.reason);
    else if (report.kind === 'acknowledged') {
      (report.change === 'made' ? this.acknowledged : this.acknowledgedErasures).add(report.mark);
    }
  }
}

/** A client, in a process that can be killed. */
export class ClientProcess {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  #output = '';

  constructor(
    settings: ClientSettings,
    { preload, environment }: ReturnType<Clocks['wrong']>,
    record: Record,
  ) {
    this.#child = fork(program, [JSON.stringify(settings)], {
      execArgv: ['--conditions=@cahier/source', preload],
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', chunk => {
        this.#output += chunk;
      });
    }
    this.#exited = once(this.#child, 'exit');
    this.#child.on('message', (report: ClientReport) => record.note(report));
  }

  /** What went wrong in it, if it ended by itself. */
  get failure(): string | undefined {
    return this.#child.exitCode === null ? undefined : this.#output || `exit code ${this.#child.exitCode}`;
  }

  write(isOn: boolean): void {
    this.#send({ kind: 'write', isOn });
  }

  state(): Promise<Extract<ClientReport, { kind: 'state' }>> {
    return new Promise((resolve, reject) => {
      const listen = (report: ClientReport) => {
        if (report.kind !== 'state') return;
        this.#child.off('message', listen);
        resolve(report);
      };
      this.#child.on('message', listen);
      this.#exited.then(() => reject(new Error(`A client has ended: ${this.#output}`)));
      this.#send({ kind: 'report' });
    });
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #send(command: ClientCommand): void {
    this.#child.send(command, () => {});
  }
}
