import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Results } from '@cahier/testing';
import type { Browser } from 'playwright';
import { BenchPage } from './browser.ts';
import type { Stored } from './documents.ts';
import type { Cost } from './page/main.ts';

/** A middle value and the one that only one in twenty exceeds, in ms. */
export interface Spread {
  readonly median: number;
  readonly p95: number;
}

export interface Result {
  /** From the stored bytes to the first painted frame. */
  readonly openMs: number;
  /** The part of it that Yjs takes to load the bytes. */
  readonly loadMs: number;
  readonly keyMs: Spread;
  /** What scripts take of a key, layout and painting left out: the mean. */
  readonly keyScriptMs: number;
  /** A remote edit of one letter: script, and with the browser's layout. */
  readonly remoteMs: Spread;
  readonly remoteWithLayoutMs: Spread;
  /** Many merged remote edits at once: script, and with the browser's layout; the middle one of several times. */
  readonly mergedMs: number;
  readonly mergedWithLayoutMs: number;
  /** Everything made bold, and ordinary again, both together: script, the middle one of several times. */
  readonly boldMs: number;
  /** `null`: it is not shared. */
  readonly bytesPerKey: number | null;
  readonly storedBytes: number;
  /** JavaScript and the page's elements, after a garbage collection. */
  readonly usedBytes: number;
}

export interface Effort {
  /** How often a document is opened, each time in a new page. */
  readonly openings: number;
  /** How many turns everybody has at keys, remote edits and merged edits. */
  readonly turns: number;
  readonly keysPerTurn: number;
  readonly editsPerTurn: number;
  /** At the start of a turn, on top: they find cold caches and are not counted. */
  readonly warmUp: number;
  /** How often everything is made bold, and ordinary again. */
  readonly bolds: number;
}

/** How many remote edits a turn needs. */
export const editsFor = ({ turns, editsPerTurn, warmUp }: Effort) => turns * (editsPerTurn + warmUp);

interface Setting {
  readonly browser: Browser;
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly profileFolder: string | undefined;
}

interface Entry {
  readonly name: string;
  readonly stored: Stored;
}

/**
 * Measures editors with one document. They take turns at everything, so that what else the machine does at a moment falls on
 * all of them.
 *
 * @returns what came out, and of an editor that failed why
 */
export async function measure(
  setting: Setting,
  entries: readonly Entry[],
  effort: Effort,
): Promise<Results<Result>> {
  const runs = new Map(entries.map(entry => [entry.name, new Run(setting, entry, effort)]));
  const failures = new Map<string, { failed: string }>();
  const takeTurns = async (count: number, turn: (run: Run) => Promise<void>) => {
    for (let round = 0; round < count; round++) {
      for (const [name, run] of runs) {
        if (failures.has(name)) continue;
        await turn(run).catch((error: unknown) => {
          failures.set(name, { failed: error instanceof Error ? error.message : String(error) });
        });
      }
    }
  };
  try {
    await takeTurns(effort.openings, run => run.open());
    await takeTurns(1, run => run.prepare());
    await takeTurns(effort.turns, run => run.type());
    await takeTurns(effort.turns, run => run.receive());
    await takeTurns(effort.turns, run => run.receiveMany());
    await takeTurns(effort.bolds, run => run.makeBold());
    return new Map([...runs].map(([name, run]) => [name, failures.get(name) ?? run.result()]));
  } finally {
    for (const run of runs.values()) await run[Symbol.asyncDispose]();
  }
}

/** One editor, and what was measured of it. */
class Run implements AsyncDisposable {
  readonly #setting: Setting;
  readonly #entry: Entry;
  readonly #effort: Effort;
  readonly #edits: Iterator<Uint8Array>;
  readonly #merged: Iterator<Uint8Array>;
  #bench: BenchPage | null = null;
  readonly #opened: { loadMs: number; paintMs: number }[] = [];
  #usedBytes = Number.NaN;
  #storedBytes = Number.NaN;
  readonly #keysMs: number[] = [];
  #keyScriptMs = 0;
  readonly #sent: number[] = [];
  readonly #remote: Cost[] = [];
  readonly #many: Cost[] = [];
  readonly #boldMs: number[] = [];

  constructor(setting: Setting, entry: Entry, effort: Effort) {
    this.#setting = setting;
    this.#entry = entry;
    this.#effort = effort;
    this.#edits = entry.stored.edits.values();
    this.#merged = entry.stored.merged.values();
  }

  get #opening(): BenchPage {
    if (this.#bench === null) throw new Error('No page is open');
    return this.#bench;
  }

  /** Opens the document in a new page, which is used for what follows. */
  async open(): Promise<void> {
    await this.#bench?.[Symbol.asyncDispose]();
    this.#bench = await BenchPage.open(this.#setting.browser, this.#setting.files);
    const { name, stored } = this.#entry;
    const update = base64(stored.update);
    const isLast = this.#opened.length === this.#effort.openings - 1;
    const opened = () =>
      this.#opening.page.evaluate(([name, bytes]) => window.bench.open(name, bytes), [name, update] as const);
    this.#opened.push(await (isLast ? this.#profiled('open', opened) : opened()));
  }

  async prepare(): Promise<void> {
    const { page } = this.#opening;
    this.#usedBytes = await this.#opening.usedBytes();
    this.#storedBytes = await page.evaluate(() => window.bench.storedBytes());
    await page.evaluate(() => window.bench.prepareTyping());
  }

  async type(): Promise<void> {
    const { page } = this.#opening;
    const { warmUp, keysPerTurn } = this.#effort;
    await this.#opening.collectGarbage();
    for (let key = 0; key < warmUp; key++) await this.#typeKey();
    await page.evaluate(() => window.bench.sentBytes());
    const before = await page.evaluate(() => window.bench.characters());
    const scriptBefore = await this.#opening.scriptMs();
    await this.#profiled('keys', async () => {
      for (let key = 0; key < keysPerTurn; key++) this.#keysMs.push(await this.#typeKey());
    });
    this.#keyScriptMs += (await this.#opening.scriptMs()) - scriptBefore;
    this.#sent.push(...(await page.evaluate(() => window.bench.sentBytes())));
    const typed = (await page.evaluate(() => window.bench.characters())) - before;
    if (typed !== keysPerTurn) throw new Error(`took ${typed} of ${keysPerTurn} keys`);
  }

  /** Presses a key and waits until it is on the screen; in ms. */
  async #typeKey(): Promise<number> {
    const { page } = this.#opening;
    const shown = page.evaluate(() => window.bench.keyMs());
    await page.keyboard.press('x');
    return shown;
  }

  async receive(): Promise<void> {
    const { warmUp, editsPerTurn } = this.#effort;
    await this.#opening.collectGarbage();
    for (let edit = 0; edit < warmUp; edit++) await this.#receiveNext(this.#edits);
    await this.#profiled('remote', async () => {
      for (let edit = 0; edit < editsPerTurn; edit++) this.#remote.push(await this.#receiveNext(this.#edits));
    });
  }

  async receiveMany(): Promise<void> {
    await this.#opening.collectGarbage();
    await this.#profiled('merged', async () => {
      this.#many.push(await this.#receiveNext(this.#merged));
    });
  }

  async #receiveNext(updates: Iterator<Uint8Array>): Promise<Cost> {
    const { value, done } = updates.next();
    if (done) throw new Error('Too few edits were recorded');
    return this.#opening.page.evaluate(bytes => window.bench.receive(bytes), base64(value));
  }

  async makeBold(): Promise<void> {
    await this.#opening.collectGarbage();
    await this.#profiled('bold', async () => {
      const { page } = this.#opening;
      const bold = await page.evaluate(() => window.bench.toggleBold());
      const ordinary = await page.evaluate(() => window.bench.toggleBold());
      this.#boldMs.push(bold.scriptMs + ordinary.scriptMs);
    });
  }

  result(): Result {
    const sent = this.#sent;
    return {
      openMs: median(this.#opened.map(({ paintMs }) => paintMs)),
      loadMs: median(this.#opened.map(({ loadMs }) => loadMs)),
      keyMs: spread(this.#keysMs),
      keyScriptMs: this.#keyScriptMs / this.#keysMs.length,
      remoteMs: spread(this.#remote.map(script)),
      remoteWithLayoutMs: spread(this.#remote.map(withLayout)),
      mergedMs: median(this.#many.map(script)),
      mergedWithLayoutMs: median(this.#many.map(withLayout)),
      boldMs: median(this.#boldMs),
      bytesPerKey: sent.length === 0 ? null : sent.reduce((sum, bytes) => sum + bytes, 0) / sent.length,
      storedBytes: this.#storedBytes,
      usedBytes: this.#usedBytes,
    };
  }

  /** Every turn overwrites the profile of the one before. */
  async #profiled<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
    const { profileFolder } = this.#setting;
    if (profileFolder === undefined) return work();
    await this.#opening.startProfile();
    const value = await work();
    const { name: editor, stored } = this.#entry;
    const profile = await this.#opening.stopProfile();
    writeFileSync(join(profileFolder, `${editor}-${stored.characters}-${name}.cpuprofile`), profile);
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bench?.[Symbol.asyncDispose]();
  }
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const script = ({ scriptMs }: Cost) => scriptMs;
const withLayout = ({ scriptMs, layoutMs }: Cost) => scriptMs + layoutMs;

const median = (values: readonly number[]) => quantile(values, 0.5);

const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  p95: quantile(values, 0.95),
});

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
