// The project's commands: `npm start`, `npm test` and their smaller siblings all come through here, so that each of
// them works right after a clone. Plain JavaScript: the machine's own Node may be older than the pinned one.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, requireNode } from './install.mjs';
import { ensureBrowser, ensureNchan, ensureNginx } from './system-packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, 'node_modules', '.cache', 'test-results');
const SOURCES = '--conditions=@cahier/source';
// Fewer pages for short-lived objects: half the memory per stream, at no loss of speed (packages/hub/bench).
const LEAN = '--max-semi-space-size=4';

const env = {
  ...process.env,
  // `node` and every tool are the pinned ones, whoever starts this file.
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
};

/** Runs a command to its end; rejects when it fails. */
function run(command, args, { extraEnv = {}, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...env, ...extraEnv },
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', chunk => {
        output += chunk;
      });
    // Ctrl+C reaches the child by itself, as it shares our terminal; we only have to outlive it.
    const wait = () => {};
    const terminate = () => child.kill('SIGTERM');
    process.on('SIGINT', wait);
    process.on('SIGTERM', terminate);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', terminate);
      if (code === 0) return resolve();
      if (quiet) process.stderr.write(output);
      reject(new Failure(`${command} ${args.join(' ')}`, code ?? (signal === 'SIGINT' ? 130 : 1)));
    });
  });
}

class Failure extends Error {
  constructor(command, code) {
    super(`${command} ended with ${code}`);
    this.code = code;
  }
}

const turbo = (task, ...filters) =>
  run(
    'turbo',
    ['run', task, '--output-logs=errors-only', '--log-order=grouped', ...filters.map(f => `--filter=${f}`)],
    { quiet: true },
  );

const buildWeb = () => turbo('build', '@cahier/web');

async function check() {
  await run('biome', ['check', '--error-on-warnings', '.']);
  await run('node', ['scripts/check-dependencies.ts']);
  await run('knip', ['--no-progress', '--no-config-hints']);
  await turbo('typecheck');
  console.log('Format, lint, dependencies and types are in order.');
}

async function unitTests(args = []) {
  const nginx = await ensureNginx();
  await run(
    'vitest',
    [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${join(results, 'unit.json')}`,
      ...args,
    ],
    { extraEnv: nginx === undefined ? {} : { NGINX_PATH: nginx } },
  );
}

async function browserTests(args = []) {
  const browser = await ensureBrowser();
  const nginx = await ensureNginx();
  await buildWeb();
  await run('playwright', ['test', '--config', 'e2e/playwright.config.ts', ...args], {
    extraEnv: {
      PLAYWRIGHT_JSON_OUTPUT_FILE: join(results, 'browser.json'),
      ...(browser === undefined ? {} : { CHROMIUM_PATH: browser }),
      ...(nginx === undefined ? {} : { NGINX_PATH: nginx }),
    },
  });
}

/** One closing line for everything that ran. */
function summary() {
  const unit = JSON.parse(readFileSync(join(results, 'unit.json'), 'utf8'));
  const browser = JSON.parse(readFileSync(join(results, 'browser.json'), 'utf8')).stats;
  const passed = unit.numPassedTests + browser.expected + browser.flaky;
  const skipped = unit.numPendingTests + unit.numTodoTests + browser.skipped;
  console.log(
    `\n${passed} passed, ${unit.numFailedTests + browser.unexpected} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
}

const commands = {
  async start() {
    await buildWeb();
    await run('node', [LEAN, SOURCES, 'apps/server/src/main.ts']);
  },
  async dev() {
    const port = Number(process.env.PORT ?? 8080);
    const backend = port + 1;
    await Promise.race([
      run('node', [SOURCES, '--watch-preserve-output', '--watch', 'apps/server/src/main.ts'], {
        extraEnv: { PORT: String(backend), PUBLIC_URL: process.env.PUBLIC_URL ?? `http://localhost:${port}` },
      }),
      run(
        'vite',
        ['apps/web', '--config', 'apps/web/vite.config.ts', '--port', String(port), '--strictPort'],
        {
          extraEnv: { CAHIER_SERVER: `http://localhost:${backend}` },
        },
      ),
    ]);
  },
  check,
  async fix() {
    await run('biome', ['check', '--write', '.']);
  },
  async build() {
    await turbo('build');
  },
  'test:unit': unitTests,
  'test:e2e': browserTests,
  async 'test:faults'(args) {
    await run('node', [SOURCES, 'apps/server/test/faults/main.ts', ...args]);
  },
  async test() {
    rmSync(results, { recursive: true, force: true });
    mkdirSync(results, { recursive: true });
    await check();
    await unitTests();
    await browserTests();
    summary();
  },
  async hub(args) {
    try {
      await run('node', [LEAN, 'packages/hub/bin/cahier-hub.mjs', ...args]);
    } catch (error) {
      // The hub itself has said why, in one line.
      if (!(error instanceof Failure)) throw error;
      process.exitCode = error.code;
    }
  },
  async admin(args) {
    try {
      await run('node', [SOURCES, 'apps/server/src/admin/main.ts', ...args]);
    } catch (error) {
      // The tool itself has said why, in one line.
      if (!(error instanceof Failure)) throw error;
      process.exitCode = error.code;
    }
  },
  async bench(args) {
    const [name, ...rest] = args;
    if (name === 'collaboration') return run('node', [SOURCES, 'apps/server/bench/main.ts', ...rest]);
    if (name === 'editor') {
      const browser = await ensureBrowser();
      return run('node', [SOURCES, 'packages/y-prose/bench/main.ts', ...rest], {
        extraEnv: browser === undefined ? {} : { CHROMIUM_PATH: browser },
      });
    }
    const nchan = ensureNchan();
    await run('node', [SOURCES, 'packages/hub/bench/main.ts', ...args], {
      extraEnv: nchan === undefined ? {} : { NGINX_PATH: nchan.nginx, NCHAN_MODULE_PATH: nchan.module },
    });
  },
};

const [name, ...args] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  console.error(`There is no command “${name}”. Commands: ${Object.keys(commands).join(', ')}`);
  process.exit(2);
}
requireNode();
ensureInstalled(root);
try {
  await command(args);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  if (error.code !== 130) console.error(`\n${error.message}`);
  process.exitCode = error.code;
}
