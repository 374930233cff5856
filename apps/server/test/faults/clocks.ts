import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '@cahier/testing';

const skewedClock = new URL('skewed-clock.ts', import.meta.url).href;
const MAX_SKEW_MS = 2 * 60 * 60 * 1000;

/** The clocks of processes, each wrong by up to two hours in either direction, and again and again by something else. */
export class Clocks {
  readonly #directory: string;
  readonly #random: Random;

  constructor(directory: string, random: Random) {
    this.#directory = directory;
    this.#random = random;
  }

  /** Makes this process's clock jump, if it is running; it is wrong in another way from now on. */
  jump(name: string): void {
    const file = this.#fileOf(name);
    writeFileSync(`${file}.new`, String(this.#random.integer(-MAX_SKEW_MS, MAX_SKEW_MS)));
    renameSync(`${file}.new`, file);
  }

  /** What to run before a process, and what to tell it. */
  wrong(name: string): {
    readonly preload: string;
    readonly environment: { readonly CLOCK_SKEW_FILE: string };
  } {
    this.jump(name);
    return { preload: `--import=${skewedClock}`, environment: { CLOCK_SKEW_FILE: this.#fileOf(name) } };
  }

  #fileOf(name: string): string {
    return join(this.#directory, `clock-of-${name}`);
  }
}
