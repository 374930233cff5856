import { decimal, percent, type Results, resultRows, succeeded, table, times } from '@cahier/testing';
import type { KillsResult } from './scenarios/kills.ts';
import type { MemoryResult } from './scenarios/memory.ts';
import type { OpeningResult } from './scenarios/opening.ts';
import type { TypingResult } from './scenarios/typing.ts';

/** What the others are compared with. */
const PEER = 'Hocuspocus';

export function typingTable(results: Results<TypingResult>): string {
  const peer = succeeded(results.get(PEER));
  const ratio = (value: number | undefined, of: (result: TypingResult) => number | undefined) =>
    times(value, peer && of(peer));
  return table(
    ['', 'edits/s', 'p50 ms', '', 'p95 ms', 'p99 ms', '', 'CPU s/1,000', '', 'bytes', 'server', 'load'],
    resultRows(results, result => [
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
    resultRows(results, ({ coldMs, warmMs }) => [decimal(coldMs), decimal(warmMs)]),
  );
}

export function memoryTable(results: Results<MemoryResult>): string {
  return table(
    ['', 'resident KiB/document'],
    resultRows(results, ({ residentBytesPerDocument: bytes }) => [decimal(bytes && bytes / 1024)]),
  );
}

export function killsTable(results: Results<KillsResult>): string {
  return table(
    ['', 'acknowledged', 'lost'],
    resultRows(results, ({ acknowledged, lost }) => [
      acknowledged.toLocaleString('en'),
      lost.toLocaleString('en'),
    ]),
  );
}
