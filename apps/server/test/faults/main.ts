import { parseArgs } from 'node:util';
import { createRandom } from '@cahier/testing';
import { runFaults } from './run.ts';

const RUN_MS = 45_000;
const MIN_SERVER_KILLS = 10;

const HELP = `Fault runs one after the other, each with a seed of its own, which is printed.

  npm run test:faults -- [--minutes N] [--seed S]

  --minutes N  no new run begins after that, default 5; 0: one run
  --seed S     of the first run; each further one has the next. Default: at random`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const say = (line: string) => process.stdout.write(`${line}\n`);
const isNumber = (text: string) => /^\d+$/.test(text);
if (values.help || !isNumber(values.minutes) || !isNumber(values.seed ?? '0')) {
  say(HELP);
  process.exit(values.help ? 0 : 1);
}
const end = Date.now() + Number(values.minutes) * 60_000;
let runs = 0;
let failures = 0;
let seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
do {
  runs++;
  const startedAt = Date.now();
  try {
    const result = await runFaults({
      random: createRandom(seed),
      durationMs: RUN_MS,
      minServerKills: MIN_SERVER_KILLS,
    });
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    say(`seed ${seed}: ${result.made} made, all there, ${seconds} s, ${JSON.stringify(result.faults)}`);
  } catch (error) {
    failures++;
    say(`FAILED ${(error as Error).message}`);
  }
  seed = (seed + 1) % 2 ** 32;
} while (Date.now() < end);
say(`${runs} runs, ${failures} failed`);
process.exit(failures > 0 ? 1 : 0);
