import { setTimeout as wait } from 'node:timers/promises';
import { type Cores, cpuSeconds, residentBytes } from '@cahier/testing';
import { type Contender, type RunningServer, type Setting, startHub } from './contenders.ts';
import type { Wave } from './events.ts';
import { Load } from './load.ts';

/** Connections whose every event is timed; more would make the load generator the thing that is measured. */
const MAX_SAMPLED_CONNECTIONS = 1_000;
/**
 * While throughput is measured, subscribers read in rounds with so much rest in between. Readers that wait for every
 * single event make the server's core wake them up each time, which clients at the other end of a network do not, and
 * are themselves slower than a fast server.
 */
const REST_MS = 2;
/** Between paced waves the server has nothing to do. */
const PACE_MS = 20;
/** Subscribers that come and go before memory is measured, so that compiled code does not count as theirs. */
const WARM_UP_SUBSCRIBERS = 200;
/** What a subscriber that comes back has missed. Histories are multiples of it. */
const MISSED_EVENTS = 100;
const RECENT_RESUMES = 9;
const EARLIEST = 'earliest';

export interface FanOut extends Wave {
  readonly name: string;
  readonly subscribers: number;
  /** Subscribers of as many other topics, to which nothing is published. Default: none. */
  readonly bystanders?: number;
  /** How many waves are on their way at once: enough that the server never waits for the load generator. */
  readonly wavesAhead: number;
  /** How many waves the latencies are measured on. */
  readonly pacedWaves: number;
}

export interface Effort {
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface FanOutResult {
  readonly deliveriesPerS: number;
  /** From publishing to the subscriber, one wave at a time; includes the load generator's reading. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The server's processor time per delivery: what is left to compare when the load generator is the slower one. */
  readonly cpuUsPerDelivery: number | undefined;
  /** Shares of one core. */
  readonly serverBusy: number | undefined;
  readonly loadBusy: number | undefined;
}

/** How fast a server delivers, then how soon. */
export async function measureFanOut(
  contender: Contender,
  fanOut: FanOut,
  effort: Effort,
  cores: Cores | undefined,
): Promise<FanOutResult> {
  const { subscribers, bystanders = 0, topics, eventsPerTopic } = fanOut;
  return withServer(contender.start(), async server => {
    await using load = Load.start(subscribers, cores);
    server.onFailure?.(reason => load.fail(reason));
    await load.connect(server, topics, eventsPerTopic);
    await using others = Load.start(bystanders, cores);
    await others.connect(server, bystanders, 1, topics);
    const publish = publisherOf(server, load, fanOut);
    load.rest(REST_MS);
    await publish.whileAhead(effort.warmUpMs, fanOut.wavesAhead);

    const before = usage(server, load);
    await publish.whileAhead(effort.measureMs, fanOut.wavesAhead);
    const after = usage(server, load);
    const deliveries = (after.waves - before.waves) * subscribers * eventsPerTopic;
    const seconds = after.seconds - before.seconds;

    load.rest(0);
    const paced = () => publish.oneByOne(fanOut.pacedWaves);
    const latenciesUs = await load.latenciesDuring(paced, MAX_SAMPLED_CONNECTIONS);
    const serverCpu = difference(before.serverCpu, after.serverCpu);
    const loadCpu = difference(before.loadCpu, after.loadCpu);
    return {
      deliveriesPerS: deliveries / seconds,
      p50Ms: quantile(latenciesUs, 0.5) / 1e3,
      p99Ms: quantile(latenciesUs, 0.99) / 1e3,
      cpuUsPerDelivery: serverCpu && (serverCpu * 1e6) / deliveries,
      serverBusy: serverCpu && serverCpu / seconds,
      loadBusy: loadCpu && loadCpu / seconds,
    };
  });
}

function publisherOf(server: RunningServer, load: Load, wave: Wave) {
  let published = 0;
  const { topics, eventsPerTopic, oneByOne = false } = wave;
  const next = async () => {
    published++;
    await server.publish({ topics, eventsPerTopic, oneByOne });
  };
  return {
    /** Keeps so many waves on their way until the time is up, then waits for all of them. */
    async whileAhead(ms: number, wavesAhead: number): Promise<void> {
      for (const end = performance.now() + ms; performance.now() < end; ) {
        await load.received(published - wavesAhead + 1);
        await next();
      }
      await load.received(published);
    },
    async oneByOne(waves: number): Promise<void> {
      for (let count = 0; count < waves; count++) {
        await next();
        await load.received(published);
        await wait(PACE_MS);
      }
    },
  };
}

export interface IdleResult {
  /** Resident memory of the process; undefined outside Linux. */
  readonly residentBytesPerStream: number | undefined;
  /** JavaScript's heap and buffers, for Node. */
  readonly usedBytesPerStream: number | undefined;
}

/** What an open stream costs when nothing happens. */
export async function measureIdle(
  contender: Contender,
  subscribers: number,
  cores: Cores | undefined,
): Promise<IdleResult> {
  return withServer(contender.start(), async server => {
    {
      await using warmUp = Load.start(WARM_UP_SUBSCRIBERS, cores);
      await warmUp.connect(server, 1, 1);
    }
    const used = async () => ('usedBytes' in server ? await server.usedBytes() : undefined);
    const usedBefore = await used();
    const residentBefore = residentBytes(server.pids);
    await using load = Load.start(subscribers, cores);
    await load.connect(server, 1, 1);
    const usedBytes = difference(usedBefore, await used());
    const resident = difference(residentBefore, residentBytes(server.pids));
    return {
      residentBytesPerStream: resident && resident / subscribers,
      usedBytesPerStream: usedBytes && usedBytes / subscribers,
    };
  });
}

export interface ResumeResult {
  readonly historyEvents: number;
  /** One subscriber reads the whole history. */
  readonly wholeMs: number;
  /** One subscriber comes back after having missed a few events: the median of several. */
  readonly recentMs: number;
  readonly crowds: readonly CrowdResult[];
}

/** Many come back at the same moment after having missed a few events. */
interface CrowdResult {
  readonly subscribers: number;
  /** Until the last has them. */
  readonly tookMs: number;
  /** The server's processor time. */
  readonly cpuMs: number | undefined;
}

/** How soon subscribers have what they missed. */
export async function measureResume(
  setting: Setting,
  historyEvents: number,
  crowds: readonly number[],
): Promise<ResumeResult> {
  return withServer(startHub(setting, historyEvents), async server => {
    const recentId = await server.fill(historyEvents, MISSED_EVENTS);
    const resume = async (subscribers: number, lastEventId: string, events: number) => {
      // In steps, so that a long transfer is not taken for a stall.
      const waves = Math.ceil(events / MISSED_EVENTS);
      await using load = Load.start(subscribers, setting.cores);
      await load.started();
      const start = performance.now();
      const request = (topic: string) => server.request(topic, lastEventId);
      await load.connect({ port: server.port, request }, 1, events / waves);
      await load.received(waves);
      return performance.now() - start;
    };
    await resume(1, recentId, MISSED_EVENTS);
    const recent: number[] = [];
    for (let count = 0; count < RECENT_RESUMES; count++) {
      recent.push(await resume(1, recentId, MISSED_EVENTS));
    }
    const resumed: CrowdResult[] = [];
    for (const subscribers of crowds) {
      const before = cpuSeconds(server.pids);
      const tookMs = await resume(subscribers, recentId, MISSED_EVENTS);
      const cpu = difference(before, cpuSeconds(server.pids));
      resumed.push({ subscribers, tookMs, cpuMs: cpu && cpu * 1e3 });
    }
    return {
      historyEvents,
      recentMs: quantile(Float64Array.from(recent).sort(), 0.5),
      crowds: resumed,
      wholeMs: await resume(1, EARLIEST, historyEvents),
    };
  });
}

async function withServer<Server extends RunningServer, Result>(
  starting: Promise<Server>,
  use: (server: Server) => Promise<Result>,
): Promise<Result> {
  const server = await starting;
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

function usage(server: RunningServer, load: Load) {
  return {
    seconds: performance.now() / 1e3,
    waves: load.waves,
    serverCpu: cpuSeconds(server.pids),
    // This process publishes and keeps count: part of the load as well.
    loadCpu: cpuSeconds([...load.pids, process.pid]),
  };
}

function difference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}
