import { mkdirSync } from 'node:fs';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/** What every benchmark can be told; `--help` of each lists them. */
const COMMON_OPTIONS = {
  scenarios: { type: 'string', default: '' },
  json: { type: 'string' },
  profile: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

const COMMON_HELP = `
  --scenarios REGEX  only those whose title matches
  --json FILE        writes all numbers there
  --profile FOLDER   writes CPU profiles there`;

/**
 * Reads the command line of a benchmark: what every one of them can be told and its own options. `--help` ends the
 * process, and so does a signal, which lets its children go.
 *
 * @param help - what it measures and its own options; the common ones are added
 */
export function readBenchmarkOptions<const Own extends ParseArgsOptionsConfig>(help: string, own: Own) {
  const { values } = parseArgs({ options: { ...own, ...COMMON_OPTIONS } });
  const common = values as ReturnType<typeof parseArgs<{ options: typeof COMMON_OPTIONS }>>['values'];
  if (common.help) {
    console.log(help + COMMON_HELP);
    process.exit();
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  if (common.profile !== undefined) mkdirSync(common.profile, { recursive: true });
  return { ...(values as ReturnType<typeof parseArgs<{ options: Own }>>['values']), ...common };
}
