import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { findCores, pin } from '@cahier/testing';
import { type Contender, createContenders, type Setting } from './contenders.ts';
import { FULL, QUICK } from './plans.ts';
import { type Failure, fanOutTable, idleTable, type Results, resumeTable } from './report.ts';
import { measureFanOut, measureIdle, measureResume, type ResumeResult } from './scenarios.ts';

const HELP = `How fast the hub delivers, next to other servers, on the same machine in the same run.

  npm run bench               1,000 subscribers, under three minutes
  npm run bench -- --full     also 10,000 subscribers, and a history of a million events

  --json FILE        writes all numbers there
  --servers A,B      only these: hub, hub by template, hub by POST, node:http, better-sse, raw sockets, nchan
  --scenarios REGEX  only those whose title matches
  --profile FOLDER   writes CPU profiles of the Node servers there`;

/** What a server has open beside its subscribers' connections. */
const OTHER_FILES = 200;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    json: { type: 'string' },
    servers: { type: 'string' },
    scenarios: { type: 'string' },
    profile: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });

const cores = findCores();
if (cores !== undefined) pin(process.pid, cores.load);
const { NGINX_PATH: nginx, NCHAN_MODULE_PATH: module } = process.env;
const setting: Setting = {
  cores,
  profileFolder: values.profile,
  nchan: nginx && module ? { nginx, module } : undefined,
};
const plan = values.full ? FULL : QUICK;
const servers = values.servers?.split(',');
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
const scenarios: Record<string, unknown> = {};

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
  await scenario(fanOut.name, fanOut.subscribers, async () => {
    const results = await compare(contenders, server => measureFanOut(server, fanOut, plan.effort, cores));
    console.log(fanOutTable(results));
    return Object.fromEntries(results);
  });
}

const idleTitle = `Memory of an idle stream, at ${plan.idleSubscribers.toLocaleString('en')} subscribers`;
await scenario(idleTitle, plan.idleSubscribers, async () => {
  // How events come in makes no difference when none do.
  const different = contenders.filter(({ name }) => !name.startsWith('hub by'));
  const results = await compare(different, server => measureIdle(server, plan.idleSubscribers, cores));
  console.log(idleTable(results));
  return Object.fromEntries(results);
});

const resumeTitle = `Resuming from the hub's history in memory; a crowd is ${plan.crowd.toLocaleString('en')}`;
await scenario(resumeTitle, plan.crowd, async () => {
  if (!contenders.some(({ name }) => name === 'hub')) return undefined;
  const results: ResumeResult[] = [];
  for (const events of plan.historyEvents) results.push(await measureResume(setting, events, plan.crowd));
  console.log(resumeTable(results));
  return results;
});

if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ environment, scenarios }, null, 2)}\n`);
}

/** Runs a scenario if it is wanted and possible here, and says so if it is not possible. */
async function scenario(title: string, subscribers: number, measure: () => Promise<unknown>): Promise<void> {
  if (!new RegExp(values.scenarios ?? '').test(title)) return;
  console.log(`\n${title}`);
  if (subscribers + OTHER_FILES > openFiles) {
    console.log(
      `left out: a process may open only ${openFiles} files here (raise it with ulimit -n, as root with ulimit -Hn)`,
    );
    return;
  }
  scenarios[title] = await measure();
}

/** One result after another; a server that fails does not end the run. */
async function compare<Result>(
  candidates: readonly Contender[],
  measure: (contender: Contender) => Promise<Result>,
): Promise<Results<Result>> {
  const results = new Map<string, Result | Failure>();
  for (const contender of candidates) {
    const failure = (error: unknown): Failure => ({
      failed: error instanceof Error ? error.message : String(error),
    });
    results.set(contender.name, await measure(contender).catch(failure));
  }
  return results;
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
