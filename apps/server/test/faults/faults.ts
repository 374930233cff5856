import { setTimeout as wait } from 'node:timers/promises';
import type { FaultRates, Random } from '@cahier/testing';
import type { ClientProcess } from './client-process.ts';
import type { Stage } from './stage.ts';

const MIN_STEP_MS = 100;
const MAX_STEP_MS = 900;
/** Where a file that may not grow ends when there is no disk to be filled, and where nothing can be written at all. */
const FULL_BYTES = 200_000;
const NOTHING_BYTES = 1;
/** Longer than a client waits for an echo. */
const HELD_BACK_MS = 5_000;

/** What is wrong with the network all the time. */
export const NETWORK: FaultRates = {
  dropRequest: 0.05,
  dropAnswer: 0.05,
  duplicateRequest: 0.05,
  truncateAnswer: 0.03,
  captivePortal: 0.02,
  delay: 0.3,
  maxDelayMs: 120,
  dropEvent: 0.05,
  duplicateEvent: 0.05,
  reorderEvent: 0.05,
  holdStream: 0.05,
  maxHoldMs: 400,
  cutStream: 0.01,
};

export const pause = (random: Random) => wait(random.integer(MIN_STEP_MS, MAX_STEP_MS));

/** What happens beside it, one after the other; each is over when its promise resolves. */
export function faultsOf(stage: Stage, random: Random): { readonly [kind: string]: () => Promise<void> } {
  const { proxy, people, disk, clocks } = stage;
  const anybody = () => random.integer(0, people.length - 1);
  return {
    async 'server killed'() {
      await stage.stopServer('SIGKILL');
      await pause(random);
      await stage.startServer();
    },
    async 'server restarted'() {
      await stage.stopServer('SIGTERM');
      await stage.startServer();
    },
    async 'client killed'() {
      const index = anybody();
      await (people[index] as ClientProcess).kill();
      await pause(random);
      stage.bear(index).write(true);
    },
    async 'clock jumped'() {
      clocks.jump(random.chance() ? 'server' : `client-${anybody()}`);
    },
    async 'network cut'() {
      proxy.cut();
    },
    async 'network calm'() {
      proxy.harm(undefined);
      await pause(random);
      proxy.harm(NETWORK);
    },
    async 'streams held back'() {
      proxy.harm({ ...NETWORK, holdStream: 1, maxHoldMs: HELD_BACK_MS });
      await pause(random);
      proxy.harm(NETWORK);
    },
    async 'hub history lost'() {
      // While everybody is away, so that it is asked for what it has not.
      proxy.harm({ ...NETWORK, dropRequest: 1 });
      proxy.cut();
      await stage.floodHub();
      proxy.harm(NETWORK);
    },
    ...(disk && {
      async 'disk full'() {
        await disk.fill();
        await pause(random);
        await disk.empty();
      },
      async 'disk failed'() {
        await disk.fail();
        await pause(random);
        await stage.stopServer('SIGKILL');
        await disk.putIn();
        await stage.startServer();
      },
    }),
    ...(process.platform === 'linux' && {
      async 'files full'() {
        stage.limitFiles(FULL_BYTES);
        await pause(random);
        stage.limitFiles('unlimited');
      },
      async 'files take nothing'() {
        stage.limitFiles(NOTHING_BYTES);
        await pause(random);
        stage.limitFiles('unlimited');
      },
    }),
  };
}
