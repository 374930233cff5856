import { type Results, resultRows, table } from '@cahier/testing';
import type { Result, Spread } from './measure.ts';

const HEADERS = [
  '',
  'open ms',
  'of it Yjs',
  'key ms',
  'p95',
  'script',
  'remote edit ms',
  'p95',
  'with layout',
  'p95',
  '200 merged ms',
  'with layout',
  'bold ms',
  'bytes/key',
  'stored KiB',
  'memory MiB',
];

/** All contenders' results with one document, as a table. */
export function resultTable(results: Results<Result>): string {
  const rows = resultRows(results, result => [
    decimal(result.openMs, 0),
    decimal(result.loadMs, 0),
    ...spread(result.keyMs),
    decimal(result.keyScriptMs, 2),
    ...spread(result.remoteMs, 2),
    ...spread(result.remoteWithLayoutMs),
    decimal(result.mergedMs),
    decimal(result.mergedWithLayoutMs),
    decimal(result.boldMs, 0),
    decimal(result.bytesPerKey, 0),
    decimal(result.storedBytes / 1024, 0),
    decimal(result.usedBytes / 1024 / 1024, 0),
  ]);
  return table(HEADERS, rows);
}

const spread = ({ median, p95 }: Spread, digits = 1) => [decimal(median, digits), decimal(p95, digits)];

function decimal(value: number | null, digits = 1): string {
  return value === null
    ? '–'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
