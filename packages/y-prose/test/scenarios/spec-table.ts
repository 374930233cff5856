import type { Outcome } from './play.ts';

const START = '<!-- scenarios: written by UPDATE_SPEC=1 npm run test:unit -- scenarios -->';
const END = '<!-- /scenarios -->';
const HEAD = ['', 'At the same time', 'What both see', 'The first undoes', 'The second undoes'];

/** What was measured of a scenario. */
export interface Measured {
  readonly title: string;
  readonly ours: Outcome;
  readonly stock: Outcome;
}

/** A scenario's lines in the table: our outcome, and below it the stock binding's. */
export function rowsOf(number: number, { title, ours, stock }: Measured): string[] {
  return [cells([`S${number}`, title, ...outcome(ours)]), cells(['', '*stock*', ...outcome(stock)])];
}

/** The table of SPEC.md. */
export function specTable(rows: readonly string[]): string {
  return [cells(HEAD), cells(HEAD.map(() => '---')), ...rows].join('\n');
}

const outcome = ({ merged, firstUndid, secondUndid }: Outcome) => [merged, firstUndid, secondUndid].map(code);

const code = (text: string) =>
  text
    .split(/( or | ≠ )/)
    .map(part => (/^ (or|≠) $/.test(part) ? part : `\`${part}\``))
    .join('');

const cells = (values: readonly string[]) => `| ${values.join(' | ')} |`;

/** The table as SPEC.md has it. */
export function tableIn(spec: string): string {
  return spec.slice(spec.indexOf(START) + START.length, spec.indexOf(END)).trim();
}

export function withTable(spec: string, table: string): string {
  return `${spec.slice(0, spec.indexOf(START))}${START}\n${table}\n${spec.slice(spec.indexOf(END))}`;
}
