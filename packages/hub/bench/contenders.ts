import { fileURLToPath } from 'node:url';
import { type Cores, mintClaimToken } from '@cahier/testing';
import { Child } from './children.ts';
import type { Wave } from './events.ts';
import { HttpPublisher } from './http-publisher.ts';
import type { Target } from './load.ts';
import type { ServerCommand, ServerReport } from './servers/control.ts';
import { type NchanPaths, startNchan } from './servers/nchan.ts';

const HUB_PATH = '/.well-known/mercure';
const SECRET = 'a key for the benchmark only, long enough for HS256';

export interface RunningServer extends Target {
  readonly pids: readonly number[];
  publish(wave: Wave): Promise<void>;
  /** Calls back when publishing does not work. */
  onFailure?(listener: (reason: string) => void): void;
  stop(): Promise<void>;
}

export interface RunningNodeServer extends RunningServer {
  /** Puts events into the history of the first topic; gives the id after which the last `missed` of them follow. */
  fill(events: number, missed: number): Promise<string>;
  /** What JavaScript and its buffers hold after a garbage collection. */
  usedBytes(): Promise<number>;
}

export interface Contender {
  readonly name: string;
  readonly publishes: 'in process' | 'by POST';
  start(): Promise<RunningServer | RunningNodeServer>;
}

export interface Setting {
  readonly cores: Cores | undefined;
  /** Where CPU profiles of the Node servers go. */
  readonly profileFolder: string | undefined;
  readonly nchan: NchanPaths | undefined;
}

/** Everything that is compared, the hub first. */
export function createContenders(setting: Setting): Contender[] {
  const { nchan, cores } = setting;
  return [
    { name: 'hub', publishes: 'in process', start: () => startHub(setting) },
    { name: 'hub by template', publishes: 'in process', start: () => startHubWithTemplates(setting) },
    { name: 'hub by POST', publishes: 'by POST', start: () => startHubByPost(setting) },
    { name: 'node:http', publishes: 'in process', start: () => startNode(setting, 'node-http') },
    { name: 'better-sse', publishes: 'in process', start: () => startNode(setting, 'better-sse') },
    { name: 'raw sockets', publishes: 'in process', start: () => startNode(setting, 'raw-sockets') },
    ...(nchan === undefined
      ? []
      : [{ name: 'nchan', publishes: 'by POST' as const, start: () => startWithNchan(nchan, cores) }]),
  ];
}

/** @param historyEvents - the most events its history holds; default: the hub's own default */
export function startHub(setting: Setting, historyEvents?: number): Promise<RunningNodeServer> {
  const history = historyEvents === undefined ? [] : [String(historyEvents)];
  return startNode(setting, 'hub', [SECRET, ...history], `${HUB_PATH}?topic=`);
}

/** Its subscribers listen to a URI template each, which its topic matches and few others do. */
async function startHubWithTemplates(setting: Setting): Promise<RunningNodeServer> {
  const server = await startHub(setting);
  return { ...server, request: topic => server.request(`${topic}{?page}`) };
}

async function startHubByPost(setting: Setting): Promise<RunningServer> {
  const server = await startHub(setting);
  const token = await mintClaimToken({ secret: SECRET, publish: ['*'] });
  const publisher = new HttpPublisher(server.port, (topic, data) => {
    const body = `topic=${encodeURIComponent(topic)}&data=${data}`;
    const type = 'application/x-www-form-urlencoded';
    return post(HUB_PATH, body, [`Content-Type: ${type}`, `Authorization: Bearer ${token}`]);
  });
  return withPublisher(server, publisher);
}

async function startNode(
  { cores, profileFolder }: Setting,
  program: string,
  args: readonly string[] = [],
  target = '/?topic=',
): Promise<RunningNodeServer> {
  const child = new Child({
    name: program,
    command: process.execPath,
    args: [
      ...process.execArgv,
      '--expose-gc',
      ...(profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]),
      fileURLToPath(new URL(`servers/${program}.ts`, import.meta.url)),
      ...args,
    ],
    core: cores?.server,
  });
  const { port } = await child.next<ServerReport, 'listening'>('listening');
  const send = (command: ServerCommand) => child.send(command);
  return {
    port,
    pids: [child.pid],
    request: (topic, lastEventId) => get(target + encodeURIComponent(topic), lastEventId),
    async publish(wave) {
      send({ kind: 'publish', wave });
    },
    async fill(events, missed) {
      send({ kind: 'fill', events, missed });
      return (await child.next<ServerReport, 'filled'>('filled')).recentId;
    },
    async usedBytes() {
      send({ kind: 'memory' });
      return (await child.next<ServerReport, 'memory'>('memory')).bytes;
    },
    stop: () => child.stop(),
  };
}

async function startWithNchan(paths: NchanPaths, cores: Cores | undefined): Promise<RunningServer> {
  const { port, pid, stop } = await startNchan(paths, cores?.server);
  const publisher = new HttpPublisher(port, (topic, data) =>
    post(`/publish?topic=${encodeURIComponent(topic)}`, data, ['Content-Type: text/plain']),
  );
  const request = (topic: string) => get(`/subscribe?topic=${encodeURIComponent(topic)}`);
  return withPublisher({ port, pids: [pid], request, stop }, publisher);
}

function withPublisher(server: Omit<RunningServer, 'publish'>, publisher: HttpPublisher): RunningServer {
  return {
    ...server,
    publish: wave => publisher.publish(wave),
    onFailure(listener) {
      publisher.onFailure = listener;
    },
    async stop() {
      publisher.close();
      await server.stop();
    },
  };
}

function get(target: string, lastEventId?: string): string {
  const resuming = lastEventId === undefined ? '' : `Last-Event-ID: ${lastEventId}\r\n`;
  return `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n${resuming}\r\n`;
}

function post(target: string, body: string, fields: readonly string[]): string {
  const head = [`POST ${target} HTTP/1.1`, 'Host: 127.0.0.1', `Content-Length: ${body.length}`, ...fields];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
