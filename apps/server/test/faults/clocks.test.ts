import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createRandom } from '@cahier/testing';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support.ts';
import { Clocks } from './clocks.ts';

const program = fileURLToPath(new URL('tell-time.ts', import.meta.url));

const HOUR_MS = 3_600_000;
/** What may pass between two looks at a clock. */
const TOLERANCE_MS = HOUR_MS / 4;

test('a process that is given a wrong clock has it in all its threads, and it jumps', async () => {
  await using directory = await temporaryDirectory();
  const skews = [2 * HOUR_MS, -2 * HOUR_MS, HOUR_MS];
  const clocks = new Clocks(directory.path, { ...createRandom(1), integer: () => skews[0] as number });
  const { preload, environment } = clocks.wrong('somebody');
  const child = spawn(process.execPath, [program], {
    env: { NODE_OPTIONS: preload, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const isWrongBy = (time: number, skewMs: number) => Math.abs(time - Date.now() - skewMs) < TOLERANCE_MS;
  for await (const line of createInterface({ input: child.stdout })) {
    const times: number[] = JSON.parse(line);
    expect(times).toHaveLength(2);
    if (!times.every(time => isWrongBy(time, skews[0] as number))) continue;
    skews.shift();
    if (skews.length === 0) break;
    clocks.jump('somebody');
  }
  expect(skews).toEqual([]);
  child.kill('SIGKILL');
  await exited;
});
