import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openEventStream } from '@cahier/testing';
import { expect, it } from 'vitest';
import { HUB_ERRORS } from '../src/index.ts';
import { helpText, settingsTable } from '../src/program/help.ts';
import { SETTINGS } from '../src/program/settings.ts';
import { runProgram } from './program-process.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8');

it('SPEC.md and the titles of the tests have the same rules', () => {
  const rules = [...read('SPEC.md').matchAll(/^\| ([A-Z]\d+) \|/gm)].map(([, rule]) => rule);
  const tests = globSync('{src,test}/**/*.ts', { cwd: root }).filter(file => /\.test\.ts$|^test/.test(file));
  const titles = tests.flatMap(file =>
    [...read(file).matchAll(/['`]([A-Z]\d+) [^'`]+['`]/g)].map(([, rule]) => rule),
  );
  expect([...new Set(titles)].sort()).toEqual(rules.sort());
  expect(new Set(rules).size).toBe(rules.length);
});

it('SPEC.md has every error code with its status', () => {
  const documented = [...read('SPEC.md').matchAll(/^\| `(\w+)` \| (\d+|thrown)/gm)].map(
    ([, code, status]) => [code, status],
  );
  const startOnly = ['options_invalid', 'history_locked', 'history_unusable', 'key_weak', 'key_invalid'];
  const codes = Object.entries(HUB_ERRORS).map(([code, { status }]) => [
    code,
    startOnly.includes(code) ? 'thrown' : String(status),
  ]);
  expect(documented).toEqual(codes);
});

it('README.md and --help have every setting of the program', async () => {
  const help = await runProgram({}, '--help');
  expect(help).toMatchObject({ code: 0, stdout: helpText(), stderr: '' });
  for (const name of Object.keys(SETTINGS)) expect(help.stdout).toMatch(new RegExp(`^  ${name}=`, 'm'));
  expect(read('README.md')).toContain(`\n\n${settingsTable()}\n`);
});

/** The code blocks of README.md in a language, in order. */
const blocks = (language: string) =>
  [...read('README.md').matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, code = '']) => code,
  );

/** Runs a command on a free port, gives the address that it prints, and expects it to end in order when told to. */
async function runExample(command: string, args: readonly string[], use: (url: string) => Promise<void>) {
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH: process.env.PATH, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
    // A group of its own, which the signal is for: there may be a shell and npx before the program.
    detached: true,
  });
  const signal = (name: NodeJS.Signals) => process.kill(-(child.pid ?? 0), name);
  const exited = once(child, 'exit');
  let isOver = false;
  void exited.then(() => (isOver = true));
  try {
    const [line] = await once(child.stdout, 'data');
    const [url = ''] = String(line).match(/http:[^'\s]+/) ?? [];
    await use(url.replace('localhost', '127.0.0.1'));
    signal('SIGTERM');
    return await exited;
  } finally {
    if (!isOver) signal('SIGKILL');
  }
}

const node = (code: string) =>
  [process.execPath, ['--conditions=@cahier/source', '--input-type=module', '-e', code]] as const;

it('the example of README.md for node:http runs, and ends when told to', async () => {
  const [code = ''] = blocks('js').filter(block => block.includes('node:http'));
  let ended: Promise<string> | undefined;
  const exit = await runExample(...node(code), async url => {
    const stream = await openEventStream(url);
    expect(Date.parse((await stream.next()).data)).not.toBeNaN();
    ended = stream.closed;
  });
  expect(await ended).toBe('ended');
  expect(exit).toEqual([0, null]);
});

it('the example of README.md for Express runs, and ends when told to', async () => {
  const [code = ''] = blocks('js').filter(block => block.includes("from 'express'"));
  let ended: Promise<string> | undefined;
  const exit = await runExample(...node(code), async url => {
    const stream = await openEventStream(url.replace('{id}', '7'));
    const response = await fetch(new URL('/orders/7', url), {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{"state":"sent"}',
    });
    expect(response.status).toBe(204);
    expect((await stream.next()).data).toBe('{"state":"sent"}');
    ended = stream.closed;
  });
  expect(await ended).toBe('ended');
  expect(exit).toEqual([0, null]);
});

it('the example of README.md for the program runs, and ends when told to', async () => {
  const [code = ''] = blocks('sh');
  let ended: Promise<string> | undefined;
  await runExample('/bin/sh', ['-c', code], async url => {
    const stream = await openEventStream(`${url}?topic=a`);
    ended = stream.closed;
  });
  expect(await ended).toBe('ended');
});
