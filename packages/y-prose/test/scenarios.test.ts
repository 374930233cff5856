// @vitest-environment happy-dom
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { play } from './scenarios/play.ts';
import { prose } from './scenarios/prose.ts';
import { scenarios } from './scenarios/scenarios.ts';
import { rowsOf, specTable, tableIn, withTable } from './scenarios/spec-table.ts';
import { stock } from './scenarios/stock.ts';

// What two people see stands in SPEC.md, and these tests hold it to the code. UPDATE_SPEC=1 writes it anew.

const file = join(import.meta.dirname, '..', 'SPEC.md');
const spec = readFileSync(file, 'utf8');
const written = tableIn(spec).split('\n').slice(2);
const rows: string[] = [];

test.each(scenarios.map((scenario, index) => ({ ...scenario, number: index + 1 })))(
  'S$number: $title',
  ({ number, ...scenario }) => {
    const outcomes = { title: scenario.title, ours: play(prose, scenario), stock: play(stock, scenario) };
    const measured = rowsOf(number, outcomes);
    rows.push(...measured);
    if (process.env.UPDATE_SPEC === undefined) {
      expect(measured).toEqual(written.slice(2 * (number - 1), 2 * number));
    }
  },
);

test('SPEC.md lists every scenario, and no other', () => {
  if (process.env.UPDATE_SPEC === undefined) expect(written).toHaveLength(2 * scenarios.length);
});

afterAll(() => {
  if (process.env.UPDATE_SPEC !== undefined) writeFileSync(file, withTable(spec, specTable(rows)));
});
