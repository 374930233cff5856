import { fileURLToPath } from 'node:url';
import type { Cores } from '@cahier/testing';
import { Child } from './children.ts';
import { topicName } from './events.ts';
import type { LoadCommand, LoadReport } from './load-generator.ts';

const CONNECTIONS_PER_PROCESS = 5_000;
/** A server that delivers nothing for so long is not slow but stuck, or has lost something. */
const STALL_MS = 60_000;
const PROGRAM = fileURLToPath(new URL('load-generator.ts', import.meta.url));

export interface Target {
  readonly port: number;
  /** The raw HTTP request that subscribes to a topic, perhaps from where a stream broke off. */
  request(topic: string, lastEventId?: string): string;
}

/** Subscribers in processes of their own, counted as one: a wave is complete when each of them has all of it. */
export class Load implements AsyncDisposable {
  readonly subscribers: number;
  readonly #children: readonly Child[];
  readonly #started: Promise<unknown>;
  readonly #wavesByChild: number[];
  #failure: Error | undefined;
  #wake: () => void = () => {};

  private constructor(children: readonly Child[], subscribers: number) {
    this.#children = children;
    this.subscribers = subscribers;
    this.#wavesByChild = children.map(() => 0);
    this.#started = Promise.all(children.map(child => child.next<LoadReport, 'started'>('started')));
    children.forEach((child, index) => {
      child.onMessage((report: LoadReport) => {
        if (report.kind === 'failed') this.fail(report.reason);
        if (report.kind !== 'wave') return;
        this.#wavesByChild[index] = (this.#wavesByChild[index] ?? 0) + 1;
        this.#wake();
      });
      child.onCrash(reason => this.fail(reason));
    });
  }

  /** Starts the processes for so many subscribers; they do nothing yet. */
  static start(subscribers: number, cores: Cores | undefined): Load {
    const processes = Math.ceil(subscribers / CONNECTIONS_PER_PROCESS);
    const children = Array.from(
      { length: processes },
      () =>
        new Child({
          name: 'the load generator',
          command: process.execPath,
          args: [...process.execArgv, PROGRAM],
          core: cores?.load,
        }),
    );
    return new Load(children, subscribers);
  }

  /**
   * Opens all streams, dealing out the topics in turn.
   *
   * @param eventsPerWave - how many events each subscriber receives in a wave
   * @param firstTopic - the number of the first of their topics
   */
  async connect(
    { port, request }: Target,
    topics: number,
    eventsPerWave: number,
    firstTopic = 0,
  ): Promise<void> {
    const topicOf = (index: number) => topicName(firstTopic + (index % topics));
    const all = Array.from({ length: this.subscribers }, (_, index) => request(topicOf(index)));
    const share = Math.ceil(all.length / this.#children.length);
    const connected = this.#children.map((child, index) => {
      child.send({
        kind: 'connect',
        port,
        // All of 127/8 is this machine, on Linux only. Naming an address makes the kernel look for a free port.
        localAddress: process.platform === 'linux' && index > 0 ? `127.0.0.${index + 1}` : undefined,
        requests: all.slice(index * share, (index + 1) * share),
        eventsPerWave,
      } satisfies LoadCommand);
      return child.next<LoadReport, 'connected'>('connected');
    });
    await this.#orFail(Promise.all(connected));
  }

  /** Waits until the processes run, where their starting must not count. */
  async started(): Promise<void> {
    await this.#orFail(this.#started);
  }

  get pids(): readonly number[] {
    return this.#children.map(child => child.pid);
  }

  /** How many waves all subscribers have received whole. */
  get waves(): number {
    return Math.min(...this.#wavesByChild);
  }

  /** Waits until so many waves are complete. */
  async received(waves: number): Promise<void> {
    while (this.waves < waves) {
      await this.#orFail(
        new Promise<void>(resolve => {
          this.#wake = resolve;
        }),
      );
    }
  }

  /** Lets all processes sleep between one round of reading and the next; 0 ends that. */
  rest(ms: number): void {
    for (const child of this.#children) child.send({ kind: 'rest', ms } satisfies LoadCommand);
  }

  /** Measures the latencies, in microseconds, of what is delivered during an action, on some of the connections. */
  async latenciesDuring(action: () => Promise<void>, maxConnections: number): Promise<Float64Array> {
    const every = Math.ceil(this.subscribers / maxConnections);
    for (const child of this.#children) child.send({ kind: 'sample', every } satisfies LoadCommand);
    await action();
    const samples = this.#children.map(child => {
      child.send({ kind: 'sample', every: 0 } satisfies LoadCommand);
      return child.next<LoadReport, 'samples'>('samples');
    });
    return Float64Array.from((await Promise.all(samples)).flatMap(({ latenciesUs }) => latenciesUs)).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#children.map(child => child.stop()));
  }

  /** Waits for a promise, but no longer than until something fails or stalls. */
  async #orFail<Value>(promise: Promise<Value>): Promise<Value> {
    if (this.#failure) throw this.#failure;
    let stall: NodeJS.Timeout | undefined;
    const failure = new Promise<never>((_, reject) => {
      this.#reject = reject;
      const message = `nothing arrived for ${STALL_MS / 1000} s, after ${this.waves} complete waves`;
      stall = setTimeout(() => reject(new Error(message)), STALL_MS);
    });
    try {
      return await Promise.race([promise, failure]);
    } finally {
      clearTimeout(stall);
    }
  }

  #reject: (error: Error) => void = () => {};

  /** Ends all waiting with an error. */
  fail(reason: string): void {
    this.#failure ??= new Error(reason);
    this.#reject(this.#failure);
  }
}
