import { readFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { Scenarios } from './scenarios.ts';
import { resultRows, table } from './table.ts';

afterEach(() => vi.restoreAllMocks());

it('measures one contender after the other, and what fails is told and ends nothing', async () => {
  const shown = vi.spyOn(console, 'log').mockReturnValue();
  await using folder = await mkdtempDisposable(join(tmpdir(), 'cahier-'));
  const scenarios = new Scenarios('wanted');
  const compare = (title: string) =>
    scenarios.compare(
      title,
      [{ name: 'broken' }, { name: 'good' }],
      async ({ name }) => {
        if (name === 'broken') throw new Error('it does not start');
        return 7;
      },
      results =>
        table(
          ['', 'ms', 'µs'],
          resultRows(results, ms => [String(ms), String(ms * 1e3)]),
        ),
    );
  await compare('a wanted one');
  await compare('another');

  const file = join(folder.path, 'numbers.json');
  scenarios.write(file, { processor: 'any' });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
    environment: { processor: 'any' },
    scenarios: { 'a wanted one': { broken: { failed: 'it does not start' }, good: 7 } },
  });
  expect(shown.mock.calls.flat()).toEqual([
    '\na wanted one',
    ['        ms    µs', 'broken  failed: it does not start', 'good     7  7000'].join('\n'),
  ]);
});
