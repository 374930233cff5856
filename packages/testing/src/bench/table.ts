import { type Results, succeeded } from './scenarios.ts';

/**
 * Lays out a table of text. The first column and those without a heading are words, to the left; numbers go to the right.
 * A row with fewer cells than the head (a reason why there are no numbers) takes no part in the widths.
 */
export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const lines = [head, ...body];
  const numeric = body.filter(row => row.length === head.length);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...numeric].map(line => line[column]?.length ?? 0), 0),
  );
  const first = Math.max(...lines.map(line => line[0]?.length ?? 0));
  return lines
    .map(line =>
      line
        .map((cell, column) => {
          if (column === 0) return cell.padEnd(first);
          return line.length < head.length || head[column] === '' ? cell : cell.padStart(widths[column] ?? 0);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The rows of a table of results: the name of each contender, then its cells, or why it has none. */
export function resultRows<Result>(
  results: Results<Result>,
  cells: (result: Result, name: string) => readonly string[],
): string[][] {
  return [...results].map(([name, result]) => {
    const success = succeeded(result);
    if (success !== undefined) return [name, ...cells(success, name)];
    return [name, `failed: ${(result as { failed: string }).failed}`];
  });
}

/** Three digits, or all that are before the point. */
export function decimal(value: number | undefined): string {
  if (value === undefined) return '–';
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** A share of 1. */
export function percent(share: number | undefined): string {
  return share === undefined ? '–' : `${Math.round(share * 100)} %`;
}

/** How many times one number is the other. Empty where one is missing or there is nothing to divide by. */
export function times(numerator: number | undefined, denominator: number | undefined): string {
  return numerator === undefined || !denominator ? '' : `${(numerator / denominator).toFixed(2)} ×`;
}
