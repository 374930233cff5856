import fc from 'fast-check';
import { Fragment, Mark, type Node } from 'prosemirror-model';
import { schema } from './schema.ts';

// Documents have placeholders for letters: `Letters.renew` makes each letter unique.

const anyMark: fc.Arbitrary<Mark> = fc.oneof(
  fc.constantFrom('bold', 'italic', 'code').map(name => schema.mark(name)),
  fc.constantFrom('#a', '#b').map(href => schema.mark('link', { href })),
  fc.constantFrom('c1', 'c2', 'c3').map(id => schema.mark('comment', { id })),
  fc
    .tuple(fc.constantFrom('insertion', 'deletion'), fc.constantFrom('ann', 'ben'))
    .map(([name, by]) => schema.mark(name, { by })),
);

/** Sets of marks that may stand together. */
export const markSets: fc.Arbitrary<readonly Mark[]> = fc
  .array(anyMark, { maxLength: 3 })
  .map(marks => marks.reduce<readonly Mark[]>((set, mark) => mark.addToSet(set), Mark.none));

const blockMarks: fc.Arbitrary<readonly Mark[]> = fc.oneof(
  { weight: 9, arbitrary: fc.constant(Mark.none) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('insertion', 'deletion').map(name => [schema.mark(name, { by: 'ann' })]),
  },
);

/** An inline node without text. */
export const atoms: fc.Arbitrary<Node> = fc.oneof(
  fc.constant(schema.node('hardBreak')),
  fc.constantFrom('a.png', 'b.png').map(src => schema.node('image', { src })),
  fc.constantFrom('', 'x^2').map(latex => schema.node('math', { latex })),
  fc.constantFrom('ann', 'ben').map(person => schema.node('mention', { person })),
  fc.constantFrom('a.pdf', 'b.pdf').map(href => schema.node('file', { href })),
);

const textOf = (maxLength: number) =>
  fc.integer({ min: 1, max: maxLength }).map(n => schema.text('x'.repeat(n)));

const inline: fc.Arbitrary<Fragment> = fc
  .array(
    fc
      .tuple(
        fc.oneof({ weight: 4, arbitrary: textOf(6) }, { weight: 1, arbitrary: atoms }),
        fc.oneof({ weight: 2, arbitrary: fc.constant(Mark.none) }, { weight: 1, arbitrary: markSets }),
      )
      .map(([node, marks]) => node.mark(marks)),
    { maxLength: 4 },
  )
  .map(nodes => Fragment.fromArray(nodes));

const codeText: fc.Arbitrary<Fragment> = fc
  .array(
    fc
      .tuple(textOf(6), fc.boolean())
      .map(([text, commented]) => (commented ? text.mark([schema.mark('comment', { id: 'c1' })]) : text)),
    { maxLength: 2 },
  )
  .map(nodes => Fragment.fromArray(nodes));

const align = fc.constantFrom(null, null, null, 'center');

const paragraph = fc
  .tuple(align, inline, blockMarks)
  .map(([value, content, marks]) => schema.node('paragraph', { align: value }, content, marks));

/** Textblocks and leaf blocks: what has a marker. */
const simpleBlocks: fc.Arbitrary<Node> = fc.oneof(
  { weight: 6, arbitrary: paragraph },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 6 }), inline, blockMarks)
      .map(([level, content, marks]) => schema.node('heading', { level }, content, marks)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(null, 'js'), codeText, blockMarks)
      .map(([language, content, marks]) => schema.node('codeBlock', { language }, content, marks)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('rule', 'pageBreak'), blockMarks)
      .map(([name, marks]) => schema.node(name, null, [], marks)),
  },
  {
    weight: 1,
    arbitrary: blockMarks.map(marks => schema.node('figure', { src: 'a.png' }, [], marks)),
  },
);

const tables = (cellContent: fc.Arbitrary<readonly Node[]>): fc.Arbitrary<Node> =>
  fc
    .tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      fc.boolean(),
      fc.array(cellContent, { minLength: 9, maxLength: 9 }),
    )
    .map(([rows, columns, headed, joined, contents]) => {
      // Where it is wide enough, the first cell of a joined table covers two columns.
      const row = (index: number) => {
        const name = headed && index === 0 ? 'tableHeader' : 'tableCell';
        const colspan = joined && index === 0 && columns > 1 ? 2 : 1;
        return Array.from({ length: columns - colspan + 1 }, (_, column) =>
          schema.node(name, { colspan: column === 0 ? colspan : 1 }, contents[index * columns + column]),
        );
      };
      return schema.node(
        'table',
        null,
        Array.from({ length: rows }, (_, index) => schema.node('tableRow', null, row(index))),
      );
    });

const { blocks: anyBlocks } = fc.letrec<{
  blocks: readonly Node[];
  block: Node;
  items: readonly (readonly Node[])[];
}>(tie => ({
  blocks: fc.array(tie('block'), { minLength: 1, maxLength: 4, depthIdentifier: 'nesting' }),
  // Lists of what follows the paragraph that every item begins with.
  items: fc.array(fc.array(tie('block'), { maxLength: 2, depthIdentifier: 'nesting' }), {
    minLength: 1,
    maxLength: 3,
    depthIdentifier: 'nesting',
  }),
  block: fc.oneof(
    { depthIdentifier: 'nesting', maxDepth: 3, depthSize: 'small' },
    { weight: 10, arbitrary: simpleBlocks },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('blocks'), blockMarks)
        .map(([content, marks]) => schema.node('quote', null, [...content], marks)),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom('info', 'warning'), tie('blocks'))
        .map(([kind, content]) => schema.node('callout', { kind }, [...content])),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom('bulletList', 'orderedList', 'taskList'), tie('items'), paragraph, blockMarks)
        .map(([name, items, first, marks]) =>
          schema.node(
            name,
            null,
            items.map(rest =>
              schema.node(name === 'taskList' ? 'taskItem' : 'listItem', null, [first, ...rest], marks),
            ),
          ),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(inline, tie('blocks'), fc.boolean())
        .map(([summary, body, open]) =>
          schema.node('details', { open }, [
            schema.node('summary', null, summary),
            schema.node('detailsBody', null, [...body]),
          ]),
        ),
    },
    { weight: 2, arbitrary: tables(tie('blocks')) },
  ),
}));

/** Any document that the schema allows, with rectangular tables. */
export const documents: fc.Arbitrary<Node> = anyBlocks.map(blocks => schema.node('doc', null, [...blocks]));

const cellParagraphs = fc.array(paragraph, { minLength: 1, maxLength: 2 });

/** Documents that are mostly tables. */
export const gridDocuments: fc.Arbitrary<Node> = fc
  .array(fc.oneof(paragraph, tables(cellParagraphs), tables(cellParagraphs)), { minLength: 1, maxLength: 3 })
  .map(blocks => schema.node('doc', null, blocks));

/**
 * The document with marks of one type in the order of their attributes. The sequence holds them as a set, so that
 * a document comes back from it in the sequence's own order.
 */
export function withOrderedMarks(node: Node): Node {
  const { content } = node.isText
    ? node
    : node.copy(Fragment.fromArray(node.content.content.map(withOrderedMarks)));
  const marks = [...node.marks].sort((a, b) =>
    a.type === b.type ? (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1) : 0,
  );
  return node.isText ? node.mark(marks) : node.type.create(node.attrs, content, marks);
}
