import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { publish } from '@cahier/mercure-client';
import { type ApiClient, createApiClient, HUB_PATH } from '@cahier/protocol';
import {
  type FaultyProxy,
  mintClaimToken,
  openEventStream,
  type Random,
  startFaultyProxy,
} from '@cahier/testing';
import { PUBLISHED_SECRET } from '../../src/config.ts';
import { type Disk, openDisk, whyNoDisk } from '../disk.ts';
import { logIn, type ServerProcess, startServer } from '../server-process.ts';
import { temporaryDirectory } from '../support.ts';
import { ClientProcess, Record } from './client-process.ts';
import { Clocks } from './clocks.ts';

/** More than the hub's history holds, in as few events as it takes. */
const FLOOD_EVENTS = 66;
const FLOOD_EVENT_BYTES = 1024 * 1024 - 100;

const LAST_LINES = 3;

/** A server on a disk of its own, a proxy before it, and people who write a document through that. */
export class Stage implements AsyncDisposable {
  readonly proxy: FaultyProxy;
  /** Undefined where none can be mounted: the data is in a directory then. */
  readonly disk: Disk | undefined;
  readonly clocks: Clocks;
  readonly record = new Record();
  readonly people: ClientProcess[] = [];
  readonly documentId: string;
  readonly #random: Random;
  readonly #directory: string;
  readonly #cookie: string;
  #server: ServerProcess;
  #lives = 0;

  static async open(random: Random, people: number): Promise<Stage> {
    await using opened = new AsyncDisposableStack();
    const { path } = opened.use(await temporaryDirectory());
    const disk = (await whyNoDisk()) === undefined ? opened.use(await openDisk()) : undefined;
    const clocks = new Clocks(path, random);
    const server = opened.use(await startSkewed(disk ?? path, clocks));
    const cookie = await logIn(server.url);
    const { id } = await createApiClient({ baseUrl: server.url, headers: { cookie } }).createDocument({
      body: {},
    });
    const proxy = opened.use(await startFaultyProxy(server.port, random));
    const stage = new Stage({ random, directory: path, disk, clocks, server, cookie, proxy, documentId: id });
    stage.#parts = opened.move();
    for (let index = 0; index < people; index++) stage.bear(index);
    return stage;
  }

  #parts = new AsyncDisposableStack();

  private constructor(parts: {
    random: Random;
    directory: string;
    disk: Disk | undefined;
    clocks: Clocks;
    server: ServerProcess;
    cookie: string;
    proxy: FaultyProxy;
    documentId: string;
  }) {
    this.#random = parts.random;
    this.#directory = parts.directory;
    this.disk = parts.disk;
    this.clocks = parts.clocks;
    this.#server = parts.server;
    this.#cookie = parts.cookie;
    this.proxy = parts.proxy;
    this.documentId = parts.documentId;
  }

  /** The server itself, not through the proxy. */
  get api(): ApiClient {
    return createApiClient({ baseUrl: this.#server.url, headers: { cookie: this.#cookie } });
  }

  /** What the server, as it is running now, has said last. */
  get lastWords(): string {
    return this.#server.output().trim().split('\n').slice(-LAST_LINES).join('\n');
  }

  async stopServer(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#server.stop(signal);
  }

  /** Starts it again, where it was and with what it has. */
  async startServer(): Promise<void> {
    const { port } = this.#server;
    this.#server = await startSkewed(this.disk ?? this.#directory, this.clocks, port);
  }

  /** Starts a client with the queue that the one before it has left. */
  bear(index: number): ClientProcess {
    const name = `${index}.${++this.#lives}`;
    const person = new ClientProcess(
      {
        baseUrl: this.proxy.url,
        cookie: this.#cookie,
        documentId: this.documentId,
        queueFile: join(this.#directory, `queue-${index}`),
        name,
        seed: this.#random.integer(1, 2 ** 31),
      },
      this.clocks.wrong(`client-${index}`),
      this.record,
    );
    this.people[index] = person;
    return person;
  }

  /** No file of the server may grow beyond so many bytes: writing fails. Linux only. */
  limitFiles(bytes: number | 'unlimited'): void {
    execFileSync('prlimit', [`--pid=${this.#server.pid}`, `--fsize=${bytes}:unlimited`]);
  }

  /**
   * Has the hub forget its history, by more events than it keeps.
   *
   * @throws Error when it has not
   */
  async floodHub(): Promise<void> {
    const hub = new URL(HUB_PATH, this.#server.url);
    const topic = `${this.#server.url}/flood`;
    const token = await mintClaimToken({ secret: PUBLISHED_SECRET, publish: [topic] });
    const first = await publish({ hub, token, topics: topic, data: 'first' });
    const data = 'x'.repeat(FLOOD_EVENT_BYTES);
    for (let events = 0; events < FLOOD_EVENTS; events++) await publish({ hub, token, topics: topic, data });
    hub.searchParams.set('topic', `${topic}/none`);
    await using stream = await openEventStream(hub, { headers: { 'last-event-id': first } });
    if (stream.headers['last-event-id'] === first) throw new Error('The hub has not forgotten its history');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.people.map(person => person.kill()), this.#server.stop('SIGKILL')]);
    await this.#parts.disposeAsync();
  }
}

function startSkewed(place: Disk | string, clocks: Clocks, port = 0): Promise<ServerProcess> {
  const { preload, environment } = clocks.wrong('server');
  return startServer(place, {
    PORT: String(port),
    LOG_LEVEL: 'error',
    NODE_OPTIONS: preload,
    ...environment,
  });
}
