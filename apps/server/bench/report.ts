import { table } from '@cahier/testing';
import type { KillsResult } from './scenarios/kills.ts';
import type { MemoryResult } from './scenarios/memory.ts';
import type { OpeningResult } from './scenarios/opening.ts';
import type { TypingResult } from './scenarios/typing.ts';

/** A result for each contender by name; an error says why there is none. */
export type Results<Result> = ReadonlyMap<string, Result | Error>;

/** What the others are compared with. */
const PEER = 'Hocuspocus';

export function typingTable(results: Results<TypingResult>): string {
  const peer = results.get(PEER);
  const ratio = (value: number | undefined, of: (result: TypingResult) => number | undefined) => {
    const theirs = peer === undefined || peer instanceof Error ? undefined : of(peer);
    return value === undefined || !theirs ? '' : `${(value / theirs).toFixed(2)} ×`;
  };
  return table(
    ['', 'edits/s', 'p50 ms', '', 'p95 ms', 'p99 ms', '', 'CPU s/1,000', '', 'bytes', 'server', 'load'],
    rows(results, result => [
      Math.round(result.editsPerS).toLocaleString('en'),
      decimal(result.p50Ms),
      ratio(result.p50Ms, ({ p50Ms }) => p50Ms),
      decimal(result.p95Ms),
      decimal(result.p99Ms),
      ratio(result.p99Ms, ({ p99Ms }) => p99Ms),
      decimal(result.cpuSPer1000Edits),
      ratio(result.cpuSPer1000Edits, ({ cpuSPer1000Edits }) => cpuSPer1000Edits),
      decimal(result.bytesPerDelivery),
      percent(result.serverBusy),
      percent(result.loadBusy),
    ]),
  );
}

export function openingTable(results: Results<OpeningResult>): string {
  return table(
    ['', 'cold ms', 'warm ms'],
    rows(results, ({ coldMs, warmMs }) => [decimal(coldMs), decimal(warmMs)]),
  );
}

export function memoryTable(results: Results<MemoryResult>): string {
  return table(
    ['', 'resident KiB/document'],
    rows(results, ({ residentBytesPerDocument: bytes }) => [decimal(bytes && bytes / 1024)]),
  );
}

export function killsTable(results: Results<KillsResult>): string {
  return table(
    ['', 'acknowledged', 'lost'],
    rows(results, ({ acknowledged, lost }) => [acknowledged.toLocaleString('en'), lost.toLocaleString('en')]),
  );
}

function rows<Result>(results: Results<Result>, cells: (result: Result) => string[]): string[][] {
  return [...results].map(([name, result]) =>
    result instanceof Error ? [name, `failed: ${result.message}`] : [name, ...cells(result)],
  );
}

function decimal(value: number | undefined): string {
  if (value === undefined) return '–';
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

const percent = (share: number | undefined) => (share === undefined ? '–' : `${Math.round(share * 100)} %`);
