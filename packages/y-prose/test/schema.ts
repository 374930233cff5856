import { type AttributeSpec, type MarkSpec, type NodeSpec, Schema } from 'prosemirror-model';
import { unknownBlock, unknownInline, unknownMark } from '../src/index.ts';

/** The marks that may stand on a block: what somebody suggests to do with it. */
const SUGGESTIONS = 'insertion deletion';

const cell = (tableRole: 'cell' | 'header_cell'): NodeSpec => ({
  content: 'block+',
  marks: SUGGESTIONS,
  attrs: { colspan: { default: 1 }, rowspan: { default: 1 }, colwidth: { default: null } },
  tableRole,
  isolating: true,
});

/** An inline node. It carries a letter, by which a test knows it again (see `Letters`). */
const atom = (attrs: Record<string, AttributeSpec>): NodeSpec => ({
  group: 'inline',
  inline: true,
  attrs: { ...attrs, letter: { default: '' } },
});

const nodes = {
  doc: { content: 'block+', marks: SUGGESTIONS },
  paragraph: { group: 'block', content: 'inline*', attrs: { align: { default: null } } },
  heading: {
    group: 'block',
    content: 'inline*',
    attrs: { level: { default: 1 }, align: { default: null } },
    defining: true,
  },
  codeBlock: {
    group: 'block',
    content: 'text*',
    marks: `comment ${SUGGESTIONS}`,
    attrs: { language: { default: null } },
    code: true,
    defining: true,
  },
  quote: { group: 'block', content: 'block+', marks: SUGGESTIONS, defining: true },
  callout: {
    group: 'block',
    content: 'block+',
    marks: SUGGESTIONS,
    attrs: { kind: { default: 'info' } },
    defining: true,
  },
  bulletList: { group: 'block list', content: 'listItem+', marks: SUGGESTIONS },
  orderedList: {
    group: 'block list',
    content: 'listItem+',
    marks: SUGGESTIONS,
    attrs: { start: { default: 1 } },
  },
  listItem: { content: 'paragraph block*', marks: SUGGESTIONS, defining: true },
  taskList: { group: 'block list', content: 'taskItem+', marks: SUGGESTIONS },
  taskItem: {
    content: 'paragraph block*',
    marks: SUGGESTIONS,
    attrs: { checked: { default: false } },
    defining: true,
  },
  details: {
    group: 'block',
    content: 'summary detailsBody',
    marks: SUGGESTIONS,
    attrs: { open: { default: true } },
    isolating: true,
  },
  summary: { content: 'inline*', defining: true, isolating: true },
  detailsBody: { content: 'block+', marks: SUGGESTIONS, defining: true },
  table: { group: 'block', content: 'tableRow+', marks: SUGGESTIONS, tableRole: 'table', isolating: true },
  tableRow: { content: '(tableCell | tableHeader)*', marks: SUGGESTIONS, tableRole: 'row' },
  tableCell: cell('cell'),
  tableHeader: cell('header_cell'),
  rule: { group: 'block' },
  pageBreak: { group: 'block' },
  figure: { group: 'block', attrs: { src: {}, width: { default: null } } },

  text: { group: 'inline' },
  hardBreak: { group: 'inline', inline: true, leafText: () => '\n' },
  image: atom({ src: {}, alt: { default: '' }, size: { default: null } }),
  math: atom({ latex: { default: '' } }),
  mention: atom({ person: {} }),
  file: atom({ href: {}, name: { default: '' } }),
} satisfies Record<string, NodeSpec>;

const marks = {
  link: { attrs: { href: {} }, inclusive: false },
  bold: {},
  italic: {},
  code: { excludes: 'bold italic' },
  comment: { attrs: { id: {} }, excludes: '', inclusive: false },
  insertion: { attrs: { by: {} }, excludes: 'deletion insertion' },
  deletion: { attrs: { by: {} }, excludes: 'deletion insertion', inclusive: false },
} satisfies Record<string, MarkSpec>;

/** Everything a document of the tests can be made of: all kinds of blocks, atoms and marks an editor may declare. */
export const schema = new Schema({ nodes: mapSpecs(nodes, nodeOnPage), marks: mapSpecs(marks, markOnPage) });

/** The same, able to show what a newer version of the application has made. */
export const schemaWithUnknown = new Schema({
  nodes: { ...mapSpecs(nodes, nodeOnPage), unknownBlock, unknownInline },
  marks: { ...mapSpecs(marks, markOnPage), unknownMark },
});

/** On a page, which the stock binding cannot do without, everything is an element of its own name. */
function nodeOnPage(name: string, spec: NodeSpec): NodeSpec {
  if (name === 'text' || name === 'doc') return spec;
  const element = `x-${name.toLowerCase()}`;
  return { ...spec, toDOM: () => (spec.content === undefined ? [element] : [element, 0]) };
}

function markOnPage(name: string, spec: MarkSpec): MarkSpec {
  return { ...spec, toDOM: () => [`x-${name}`, 0] };
}

function mapSpecs<Name extends string, Spec>(
  specs: Record<Name, Spec>,
  change: (name: string, spec: Spec) => Spec,
): Record<Name, Spec> {
  return Object.fromEntries(
    Object.entries<Spec>(specs).map(([name, spec]) => [name, change(name, spec)]),
  ) as Record<Name, Spec>;
}
