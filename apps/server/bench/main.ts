import { cpus } from 'node:os';
import { findCores, pin, readBenchmarkOptions, Scenarios } from '@cahier/testing';
import { createContenders } from './contenders.ts';
import { killsTable, memoryTable, openingTable, typingTable } from './report.ts';
import { measureKills } from './scenarios/kills.ts';
import { measureMemory } from './scenarios/memory.ts';
import { measureOpening } from './scenarios/opening.ts';
import { measureTyping } from './scenarios/typing.ts';

const HELP = `Writing together, next to other servers, on the same machine in the same run.

  npm run bench -- collaboration              the short run, about four minutes
  npm run bench -- collaboration --full       everything, each part for longer

  --servers A,B      only these: Cahier, Hocuspocus, “Hocuspocus, storing at once” as “storing”, y-websocket`;

interface Plan {
  readonly writers: readonly number[];
  /** How many write as fast as they can. */
  readonly fastWriters: readonly number[];
  readonly pacedWarmUpMs: number;
  readonly measureMs: number;
  /** Where few type slowly it is measured for longer, until there are so many. */
  readonly minEdits: number;
  readonly openEdits: readonly number[];
  readonly openDocuments: number;
  readonly kills: number;
}

const QUICK: Plan = {
  writers: [2, 20, 100, 200],
  fastWriters: [20],
  pacedWarmUpMs: 2_000,
  measureMs: 4_000,
  minEdits: 80,
  openEdits: [260_000],
  openDocuments: 300,
  kills: 3,
};
const FULL: Plan = {
  writers: [2, 20, 100, 200],
  fastWriters: [2, 20, 100, 200],
  pacedWarmUpMs: 10_000,
  measureMs: 10_000,
  minEdits: 300,
  openEdits: [260_000, 1_000_000],
  openDocuments: 1_000,
  kills: 10,
};
const KEYSTROKES_PER_S = 5;
const WARM_UP_MS = 2_000;

const options = readBenchmarkOptions(HELP, {
  full: { type: 'boolean', default: false },
  servers: { type: 'string' },
});
const scenarios = new Scenarios(options.scenarios);

const cores = findCores();
if (cores !== undefined) pin(process.pid, cores.load);
const plan = options.full ? FULL : QUICK;
const servers = options.servers?.split(',');
const contenders = createContenders({ core: cores?.server, profileFolder: options.profile }).filter(
  ({ name }) => servers?.some(server => name === server || name.includes(`, ${server}`)) ?? true,
);
const environment = { processor: cpus()[0]?.model, node: process.version, cores };

console.log(`${environment.processor}, Node ${environment.node}`);
console.log(
  cores === undefined
    ? 'Not tied to cores (needs Linux, taskset and two cores): servers and clients disturb each other.'
    : `Servers run on core ${cores.server}, clients on core ${cores.load}.`,
);

const typing = (title: string, writers: number, rate: number | undefined) => {
  const { pacedWarmUpMs } = plan;
  const minMs = rate === undefined ? 0 : (plan.minEdits / writers / rate) * 1000;
  const measureMs = Math.max(plan.measureMs, minMs);
  return scenarios.compare(
    title,
    contenders,
    server => measureTyping(server, { writers, rate, warmUpMs: WARM_UP_MS, pacedWarmUpMs, measureMs }),
    typingTable,
  );
};
for (const writers of plan.writers) {
  await typing(`${writers} writers, ${KEYSTROKES_PER_S} characters a second each`, writers, KEYSTROKES_PER_S);
}
for (const writers of plan.fastWriters) {
  await typing(`${writers} writers, as fast as they can`, writers, undefined);
}
for (const edits of plan.openEdits) {
  const count = edits.toLocaleString('en');
  const opening = (title: string, atOnce: boolean) =>
    scenarios.compare(title, contenders, server => measureOpening(server, { edits, atOnce }), openingTable);
  await opening(`Opening a document of ${count} edits`, false);
  await opening(`Opening the text of ${count} edits, written at once`, true);
}
await scenarios.compare(
  `Memory of ${plan.openDocuments.toLocaleString('en')} open documents`,
  // What it holds in memory does not depend on who has it open.
  contenders.filter(({ prepare }) => prepare !== undefined),
  server => measureMemory(server, plan.openDocuments),
  memoryTable,
);
await scenarios.compare(
  `Acknowledged edits in ${plan.kills} kills`,
  contenders.filter(({ acknowledges }) => acknowledges),
  server => measureKills(server, plan.kills),
  killsTable,
);

if (options.json !== undefined) scenarios.write(options.json, environment);
// Sockets of servers that are gone may still be closing.
process.exit();
