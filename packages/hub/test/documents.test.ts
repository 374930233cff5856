import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openEventStream } from '@cahier/testing';
import { expect, it } from 'vitest';
import { HUB_ERRORS } from '../src/index.ts';

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

it('the example of README.md runs, and ends when told to', async () => {
  const [, example = ''] = read('README.md').match(/```js\n(import[^`]*(?:`[^`\n]+`[^`]*)*?)```/) ?? [];
  expect(example).toContain('createHub');
  const child = spawn(
    process.execPath,
    ['--conditions=@cahier/source', '--input-type=module', '-e', example],
    {
      cwd: root,
      env: { PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(child, 'exit');
  try {
    const [line] = await once(child.stdout, 'data');
    const [url = ''] = String(line).match(/http:[^']+/) ?? [];
    await using stream = await openEventStream(url.replace('localhost', '127.0.0.1'));
    expect(Date.parse((await stream.next()).data)).not.toBeNaN();
    child.kill('SIGTERM');
    expect(await stream.closed).toBe('ended');
    expect(await exited).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
});
