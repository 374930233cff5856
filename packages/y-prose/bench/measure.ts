import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { BenchPage } from './browser.ts';
import type { Stored } from './documents.ts';

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
  /** A remote edit of one letter: script, and with the browser's layout. `null`: it is not shared. */
  readonly remoteMs: Spread | null;
  readonly remoteWithLayoutMs: Spread | null;
  /** Many merged remote edits at once, with the browser's layout; the middle one of several times. */
  readonly mergedMs: number | null;
  readonly bytesPerKey: number | null;
  readonly storedBytes: number;
  /** JavaScript and the page's elements, after a garbage collection. */
  readonly usedBytes: number;
}

export interface Effort {
  /** How often a document is opened, each time in a new page. */
  readonly openings: number;
  readonly keys: number;
}

interface Setting {
  readonly browser: Browser;
  readonly files: ReadonlyMap<string, string | Uint8Array>;
  readonly profileFolder: string | undefined;
}

/** Measures one contender with one document. */
export async function measure(
  { browser, files, profileFolder }: Setting,
  contender: string,
  stored: Stored,
  { openings, keys }: Effort,
): Promise<Result> {
  const update = base64(stored.update);
  const opened: { loadMs: number; paintMs: number }[] = [];
  for (let count = 1; count < openings; count++) {
    await using bench = await BenchPage.open(browser, files);
    opened.push(
      await bench.page.evaluate(([name, bytes]) => window.bench.open(name, bytes), [
        contender,
        update,
      ] as const),
    );
  }

  await using bench = await BenchPage.open(browser, files);
  const { page } = bench;
  const profiled = async <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
    if (profileFolder === undefined) return work();
    await bench.startProfile();
    const value = await work();
    writeFileSync(
      join(profileFolder, `${contender}-${stored.characters}-${name}.cpuprofile`),
      await bench.stopProfile(),
    );
    return value;
  };

  opened.push(
    await profiled('open', () =>
      page.evaluate(([name, bytes]) => window.bench.open(name, bytes), [contender, update] as const),
    ),
  );
  const usedBytes = await bench.usedBytes();
  const storedBytes = await page.evaluate(() => window.bench.storedBytes());

  await page.evaluate(() => window.bench.prepareTyping());
  await typeKey(page);
  await page.evaluate(() => window.bench.sentBytes());
  const before = await page.evaluate(() => window.bench.characters());
  const keysMs = await profiled('keys', async () => {
    const times: number[] = [];
    while (times.length < keys) times.push(...(await typeKey(page)));
    return times;
  });
  const sent = await page.evaluate(() => window.bench.sentBytes());
  const typed = (await page.evaluate(() => window.bench.characters())) - before;
  if (typed < keys) throw new Error(`${contender} took ${typed} of ${keys} keys`);

  const common = {
    openMs: median(opened.map(({ paintMs }) => paintMs)),
    loadMs: median(opened.map(({ loadMs }) => loadMs)),
    keyMs: spread(keysMs),
    storedBytes,
    usedBytes,
  };
  if (sent.length === 0) {
    return { ...common, remoteMs: null, remoteWithLayoutMs: null, mergedMs: null, bytesPerKey: null };
  }

  const costs = await profiled('remote', async () => {
    const costs: { scriptMs: number; layoutMs: number }[] = [];
    for (const edit of stored.edits) {
      costs.push(await page.evaluate(bytes => window.bench.receive(bytes), base64(edit)));
    }
    return costs;
  });
  const mergedMs = await profiled('merged', async () => {
    const times: number[] = [];
    for (const update of stored.merged) {
      const { scriptMs, layoutMs } = await page.evaluate(
        bytes => window.bench.receive(bytes),
        base64(update),
      );
      times.push(scriptMs + layoutMs);
    }
    return times;
  });
  return {
    ...common,
    remoteMs: spread(costs.map(({ scriptMs }) => scriptMs)),
    remoteWithLayoutMs: spread(costs.map(({ scriptMs, layoutMs }) => scriptMs + layoutMs)),
    mergedMs: median(mergedMs),
    bytesPerKey: sent.reduce((sum, bytes) => sum + bytes, 0) / sent.length,
  };
}

/** Presses a key and waits until it is on the screen; in ms. */
async function typeKey(page: Page): Promise<number[]> {
  await page.keyboard.press('x');
  for (;;) {
    const times = await page.evaluate(() => window.bench.keysMs());
    if (times.length > 0) return times;
  }
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

const median = (values: readonly number[]) => quantile(values, 0.5);

const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  p95: quantile(values, 0.95),
});

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
