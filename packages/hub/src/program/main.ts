import { readFileSync } from 'node:fs';
import { readConfiguration } from './configuration.ts';
import { helpText } from './help.ts';
import { jsonLogger } from './json-logger.ts';
import { startProgram } from './program.ts';
import { ConfigurationError } from './settings.ts';

/** The program `cahier-hub`: arguments, signals and exit codes. */
async function main([argument, ...others]: readonly string[]): Promise<void> {
  if (argument === '--help' || argument === '-h') {
    process.stdout.write(helpText());
    return;
  }
  if (argument === '--version') {
    const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
    process.stdout.write(`${JSON.parse(manifest).version}\n`);
    return;
  }
  if (argument !== undefined) {
    const given = [argument, ...others].join(' ');
    throw new ConfigurationError(`it takes no arguments but --help and --version, not "${given}"`);
  }
  await run();
}

async function run(): Promise<void> {
  const configuration = readConfiguration(process.env);
  const logger = jsonLogger(configuration.logLevel, line => process.stderr.write(line));
  const { url, metricsUrl, close } = await startProgram(configuration, logger);
  const metricsPath = configuration.metrics && `${metricsUrl ?? url}${configuration.metrics.path}`;
  const greeting = [`The hub listens on ${url}/.well-known/mercure`];
  if (metricsPath !== undefined) greeting.push(`Metrics are at ${metricsPath}`);
  if (configuration.hub.debugPage) {
    greeting.push(`The debug page is at ${url}/.well-known/mercure/debug/`);
  }
  process.stdout.write(`${greeting.join('\n')}\n`);

  let isClosing = false;
  const shutDown = async (signal: string) => {
    // Asked twice, it goes at once.
    if (isClosing) process.exit(1);
    isClosing = true;
    logger.info('Shutting down', { signal });
    await close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void shutDown(signal));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`The hub cannot start: ${error.message}\n`);
  process.exitCode = 1;
});
