import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { findCores, pin } from '@cahier/testing';
import { type Contender, createContenders } from './contenders.ts';
import { killsTable, memoryTable, openingTable, type Results, typingTable } from './report.ts';
import { measureKills } from './scenarios/kills.ts';
import { measureMemory } from './scenarios/memory.ts';
import { measureOpening } from './scenarios/opening.ts';
import { measureTyping } from './scenarios/typing.ts';

const HELP = `Writing together, next to other servers, on the same machine in the same run.

  npm run bench -- collaboration              the short run, about four minutes
  npm run bench -- collaboration --full       everything, each part for longer

  --json FILE        writes all numbers there
  --servers A,B      only these: Cahier, Hocuspocus, “Hocuspocus, storing at once” as “storing”, y-websocket
  --scenarios REGEX  only those whose title matches
  --profile FOLDER   writes CPU profiles of the servers there`;

interface Plan {
  readonly writers: readonly number[];
  /** How many write as fast as they can. */
  readonly fastWriters: readonly number[];
  readonly measureMs: number;
  readonly openEdits: number;
  readonly openDocuments: number;
  readonly kills: number;
}

const QUICK: Plan = {
  writers: [2, 20, 100, 200],
  fastWriters: [20],
  measureMs: 4_000,
  openEdits: 260_000,
  openDocuments: 300,
  kills: 3,
};
const FULL: Plan = {
  writers: [2, 20, 100, 200],
  fastWriters: [2, 20, 100, 200],
  measureMs: 15_000,
  openEdits: 260_000,
  openDocuments: 1_000,
  kills: 10,
};
const KEYSTROKES_PER_S = 5;
const WARM_UP_MS = 2_000;

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    json: { type: 'string' },
    servers: { type: 'string' },
    scenarios: { type: 'string', default: '' },
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
const plan = values.full ? FULL : QUICK;
const servers = values.servers?.split(',');
const contenders = createContenders({ core: cores?.server, profileFolder: values.profile }).filter(
  ({ name }) => servers?.some(server => name === server || name.includes(`, ${server}`)) ?? true,
);
const environment = { processor: cpus()[0]?.model, node: process.version, cores };
const scenarios: Record<string, unknown> = {};

console.log(`${environment.processor}, Node ${environment.node}`);
console.log(
  cores === undefined
    ? 'Not tied to cores (needs Linux, taskset and two cores): servers and clients disturb each other.'
    : `Servers run on core ${cores.server}, clients on core ${cores.load}.`,
);

const typing = (title: string, writers: number, rate: number | undefined) =>
  scenario(
    title,
    server => measureTyping(server, { writers, rate, warmUpMs: WARM_UP_MS, measureMs: plan.measureMs }),
    typingTable,
  );
for (const writers of plan.writers) {
  await typing(`${writers} writers, ${KEYSTROKES_PER_S} characters a second each`, writers, KEYSTROKES_PER_S);
}
for (const writers of plan.fastWriters) {
  await typing(`${writers} writers, as fast as they can`, writers, undefined);
}
await scenario(
  `Opening a document of ${plan.openEdits.toLocaleString('en')} edits`,
  server => measureOpening(server, plan.openEdits),
  openingTable,
);
await scenario(
  `Memory of ${plan.openDocuments.toLocaleString('en')} open documents`,
  server => measureMemory(server, plan.openDocuments),
  memoryTable,
  // What it holds in memory does not depend on who has it open.
  ({ prepare }) => prepare !== undefined,
);
await scenario(
  `Acknowledged edits in ${plan.kills} kills`,
  server => measureKills(server, plan.kills),
  killsTable,
  ({ acknowledges }) => acknowledges,
);

if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ environment, scenarios }, null, 2)}\n`);
}
// Sockets of servers that are gone may still be closing.
process.exit();

/** One server after another; one that fails does not end the run. */
async function scenario<Result>(
  title: string,
  measure: (contender: Contender) => Promise<Result>,
  show: (results: Results<Result>) => string,
  takesPart: (contender: Contender) => boolean = () => true,
): Promise<void> {
  if (!new RegExp(values.scenarios).test(title)) return;
  console.log(`\n${title}`);
  const results = new Map<string, Result | Error>();
  for (const contender of contenders.filter(takesPart)) {
    results.set(contender.name, await measure(contender).catch((error: Error) => error));
  }
  console.log(show(results));
  scenarios[title] = Object.fromEntries(
    [...results].map(([name, result]) => [
      name,
      result instanceof Error ? { failed: result.message } : result,
    ]),
  );
}
