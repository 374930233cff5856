import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { findCores, pin, type Results, readBenchmarkOptions, Scenarios } from '@cahier/testing';
import { type Contender, createContenders, type Setting } from './contenders.ts';
import { FULL, QUICK } from './plans.ts';
import { fanOutTable, idleTable, resumeTable } from './report.ts';
import { measureFanOut, measureIdle, measureResume, type ResumeResult } from './scenarios.ts';

const HELP = `How fast the hub delivers, next to other servers, on the same machine in the same run.

  npm run bench               1,000 subscribers, under three minutes
  npm run bench -- --full     also 10,000 subscribers, and a history of a million events

  --servers A,B      only these: hub, hub by template, hub by POST, node:http, better-sse, raw sockets, nchan`;

/** What a server has open beside its subscribers' connections. */
const OTHER_FILES = 200;

const options = readBenchmarkOptions(HELP, {
  quick: { type: 'boolean', default: false },
  full: { type: 'boolean', default: false },
  servers: { type: 'string' },
});
const scenarios = new Scenarios(options.scenarios);
const cores = findCores();
if (cores !== undefined) pin(process.pid, cores.load);
const { NGINX_PATH: nginx, NCHAN_MODULE_PATH: module } = process.env;
const setting: Setting = {
  cores,
  profileFolder: options.profile,
  nchan: nginx && module ? { nginx, module } : undefined,
};
const plan = options.full ? FULL : QUICK;
const servers = options.servers?.split(',');
const contenders = createContenders(setting).filter(({ name }) => servers?.includes(name) ?? true);
const openFiles = maxOpenFiles();
const environment = {
  processor: cpus()[0]?.model,
  node: process.version,
  betterSse: JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).devDependencies[
    'better-sse'
  ],
  nginx: nginx && spawnSync(nginx, ['-v']).stderr.toString().trim(),
  cores,
  congestionControl: congestionControl(),
};

console.log(`${environment.processor}, Node ${environment.node}, better-sse ${environment.betterSse}`);
console.log(
  cores === undefined
    ? 'Not tied to cores (needs Linux, taskset and two cores): servers and subscribers disturb each other.'
    : `Servers run on core ${cores.server}, subscribers on core ${cores.load}.`,
);
console.log(
  setting.nchan === undefined
    ? 'Without nchan, since nginx or its module is missing (Debian: libnginx-mod-nchan).'
    : `nchan in ${environment.nginx}`,
);
if (environment.congestionControl === 'bbr') {
  console.log(
    'TCP’s congestion control here is bbr, which may pace the loopback and distort the numbers: see bench/README.md.',
  );
}

for (const fanOut of plan.fanOuts) {
  await compare(
    fanOut.name,
    fanOut.subscribers + (fanOut.bystanders ?? 0),
    // Those that are published to by HTTP take what one read brings as one.
    contenders.filter(({ publishes }) => !fanOut.oneByOne || publishes === 'in process'),
    server => measureFanOut(server, fanOut, plan.effort, cores),
    fanOutTable,
  );
}
await compare(
  `Memory of an idle stream, at ${plan.idleSubscribers.toLocaleString('en')} subscribers`,
  plan.idleSubscribers,
  // How events come in makes no difference when none do.
  contenders.filter(({ name }) => !name.startsWith('hub by')),
  server => measureIdle(server, plan.idleSubscribers, cores),
  idleTable,
);
if (contenders.some(({ name }) => name === 'hub')) {
  await scenarios.run("Resuming from the hub's history in memory", async () => {
    const results: ResumeResult[] = [];
    for (const events of plan.historyEvents) results.push(await measureResume(setting, events, plan.crowds));
    console.log(resumeTable(results));
    return results;
  });
}
if (options.json !== undefined) scenarios.write(options.json, environment);

/** Runs a scenario if it is possible here, and says so if it is not. */
async function compare<Result>(
  title: string,
  subscribers: number,
  candidates: readonly Contender[],
  measure: (contender: Contender) => Promise<Result>,
  show: (results: Results<Result>) => string,
): Promise<void> {
  if (subscribers + OTHER_FILES <= openFiles) {
    await scenarios.compare(title, candidates, measure, show);
    return;
  }
  await scenarios.run(title, async () => {
    console.log(
      `left out: a process may open only ${openFiles} files here (raise it with ulimit -n, as root with ulimit -Hn)`,
    );
  });
}

/** How TCP adapts its pace here; undefined outside Linux. */
function congestionControl(): string | undefined {
  const setting = '/proc/sys/net/ipv4/tcp_congestion_control';
  return existsSync(setting) ? readFileSync(setting, 'utf8').trim() : undefined;
}

/** Node raises its own limit to the hard one when it starts. */
function maxOpenFiles(): number {
  if (process.platform === 'win32') return Number.POSITIVE_INFINITY;
  const limit = spawnSync('sh', ['-c', 'ulimit -Hn']).stdout.toString().trim();
  return limit === 'unlimited' ? Number.POSITIVE_INFINITY : Number(limit);
}
