import fc from 'fast-check';
import type { Block, Container, Inline, Sequence, Values } from '../src/index.ts';
import { schema } from './schema.ts';

// Sequences that make no sense: merging can produce these, and programs can write worse ones.

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];
const NAMES = [...Object.keys(schema.nodes), 'toString', 'fromTheFuture'];

/** Where something is said to be: in a container, in one that does not exist, in itself for all we know. */
const place = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...IDS) },
  { weight: 1, arbitrary: fc.constantFrom('nowhere', '') },
  { weight: 2, arbitrary: fc.constant(undefined) },
);

const attributes: fc.Arbitrary<Values> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.dictionary(
      fc.constantFrom(
        'level',
        'align',
        'colspan',
        'rowspan',
        'colwidth',
        'src',
        'href',
        'person',
        'kind',
        'strange',
      ),
      fc.oneof(
        fc.integer({ min: -1, max: 4 }),
        fc.constantFrom(null, 'x', true, 1.5, 1e9),
        fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 3 }),
      ),
      { maxKeys: 3 },
    ),
  },
);

const formats: fc.Arbitrary<Values> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom(
        'bold',
        'code',
        'link',
        'comment',
        'comment#1',
        'insertion',
        'deletion',
        'strange',
        '#',
      ),
      fc.constantFrom<unknown>(true, { href: '#a' }, { id: 'c1' }, { by: 'ann' }, 7, 'x'),
      { maxKeys: 3 },
    ),
  },
);

const inline: fc.Arbitrary<Inline> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ text: fc.constantFrom('x', 'xyz'), formats }) },
  { weight: 1, arbitrary: fc.record({ atom: fc.constantFrom(...NAMES), attributes, formats }) },
);

const kind = { type: fc.constantFrom(...NAMES), in: place, attributes, marks: formats };

/** Without the keys whose values are undefined. */
const compact = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;

const containers: fc.Arbitrary<ReadonlyMap<string, Container>> = fc
  .array(fc.tuple(fc.constantFrom(...IDS), fc.record(kind)), { maxLength: 6 })
  .map(entries => new Map(entries.map(([id, container]) => [id, compact(container) as Container])));

const blocks: fc.Arbitrary<Block[]> = fc
  .array(
    fc.record({
      ...kind,
      type: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: kind.type }),
      content: fc.array(inline, { maxLength: 3 }),
      isCopy: fc.boolean(),
    }),
    { maxLength: 6 },
  )
  .map(list =>
    list.map(({ isCopy, ...block }, index) => {
      // Two people who move a block at once leave two blocks with its identity.
      const id = isCopy && index > 0 ? '1:0' : `1:${index}`;
      return compact({ ...block, id }) as Block;
    }),
  );

export const sequences: fc.Arbitrary<Sequence> = fc.record({ attributes, containers, blocks });

/** Sequences that are mostly pieces of tables. */
export const brokenTables: fc.Arbitrary<Sequence> = fc
  .record({
    tables: fc.array(fc.constantFrom('a', 'b', undefined), { minLength: 1, maxLength: 2 }),
    rows: fc.array(fc.constantFrom('t0', 't1', 'r0', 'nowhere'), { minLength: 1, maxLength: 4 }),
    cells: fc.array(
      fc.record({
        in: fc.constantFrom('r0', 'r1', 'r2', 'r3', 't0', 't1', 'c0'),
        type: fc.constantFrom('tableCell', 'tableCell', 'tableHeader'),
        colspan: fc.integer({ min: 1, max: 3 }),
        rowspan: fc.integer({ min: 1, max: 3 }),
        colwidth: fc.constantFrom<unknown>(null, null, [10], [10, 20], [0, 20, 30]),
      }),
      { minLength: 1, maxLength: 8 },
    ),
    blocks: fc.array(fc.tuple(fc.nat(8), fc.constantFrom('c', 'c', 'c', 'r', 't')), { maxLength: 9 }),
  })
  .map(({ tables, rows, cells, blocks }) => {
    const containers = new Map<string, Container>();
    for (const [index, into] of tables.entries()) {
      containers.set(
        `t${index}`,
        compact({ type: 'table', in: into, attributes: {}, marks: {} }) as Container,
      );
    }
    for (const [index, into] of rows.entries()) {
      containers.set(`r${index}`, { type: 'tableRow', in: into, attributes: {}, marks: {} });
    }
    for (const [index, { in: into, type, ...attributes }] of cells.entries()) {
      containers.set(`c${index}`, { type, in: into, attributes, marks: {} });
    }
    return {
      attributes: {},
      containers,
      blocks: blocks.map(([number, kind], index) => ({
        id: `1:${index}`,
        in: `${kind}${number}`,
        attributes: {},
        marks: {},
        content: [{ text: String.fromCharCode(97 + index), formats: {} }],
      })),
    };
  });
