import { createRandom } from '@cahier/testing';
import { expect, test } from 'vitest';
import { runFaults } from './run.ts';

const DURATION_MS = 12_000;
/** All of it on a machine that is busy with other tests: what hangs, hangs longer than this. */
const RECOVERY_MS = 90_000;
const TIMEOUT_MS = 240_000;

test('nothing is lost or doubled, and everybody has the same, after the network, disks, clocks and processes have failed', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { made, acknowledged, faults } = await runFaults({
    random: createRandom(),
    durationMs: DURATION_MS,
    recoveryMs: RECOVERY_MS,
  });
  expect(made).toBeGreaterThan(0);
  expect(acknowledged).toBeGreaterThan(0);
  expect(Object.keys(faults).length).toBeGreaterThan(0);
});
