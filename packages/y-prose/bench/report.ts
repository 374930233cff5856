import type { Result, Spread } from './measure.ts';

const HEADERS = [
  '',
  'open ms',
  'of it Yjs',
  'key ms',
  'p95',
  'remote edit ms',
  'p95',
  'with layout',
  'p95',
  '200 merged ms',
  'bytes/key',
  'stored KiB',
  'memory MiB',
];

/** All contenders' results with one document, as a table. */
export function resultTable(results: ReadonlyMap<string, Result>): string {
  const rows = [...results].map(([name, result]) => [
    name,
    decimal(result.openMs, 0),
    decimal(result.loadMs, 0),
    ...spread(result.keyMs),
    ...spread(result.remoteMs),
    ...spread(result.remoteWithLayoutMs),
    decimal(result.mergedMs),
    decimal(result.bytesPerKey, 0),
    decimal(result.storedBytes / 1024, 0),
    decimal(result.usedBytes / 1024 / 1024, 0),
  ]);
  return table(HEADERS, rows);
}

const spread = (values: Spread | null) => [decimal(values?.median ?? null), decimal(values?.p95 ?? null)];

function decimal(value: number | null, digits = 1): string {
  return value === null
    ? '–'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function table(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headers, ...rows];
  const widths = headers.map((_, column) => Math.max(...all.map(row => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(headers), rule, ...rows.map(line)].join('\n');
}
