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
