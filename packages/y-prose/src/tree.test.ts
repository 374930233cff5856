import { type Node, Schema } from 'prosemirror-model';
import { EditorState } from 'prosemirror-state';
import { fixTables, tableNodes } from 'prosemirror-tables';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { readDocument } from './document.ts';
import { readSequence } from './read-blocks.ts';
import type { Block, Container, Inline, Sequence } from './sequence.ts';
import { toSequence } from './to-sequence.ts';
import { toTree } from './tree.ts';
import { writeSequence } from './write-sequence.ts';

const schema = new Schema({
  nodes: {
    doc: { content: 'block+' },
    paragraph: { content: 'inline*', group: 'block' },
    heading: { content: 'inline*', group: 'block', attrs: { level: { default: 1 } } },
    codeBlock: { content: 'text*', group: 'block', marks: '' },
    rule: { group: 'block' },
    quote: { content: 'block+', group: 'block' },
    list: { content: 'item+', group: 'block' },
    item: { content: 'paragraph block*' },
    details: { content: 'summary body', group: 'block' },
    summary: { content: 'text*' },
    body: { content: 'block*' },
    ...tableNodes({ tableGroup: 'block', cellContent: 'block+', cellAttributes: {} }),
    text: { group: 'inline' },
    image: { inline: true, group: 'inline', attrs: { src: {}, alt: { default: null } } },
    break: { inline: true, group: 'inline' },
  },
  marks: {
    bold: {},
    link: { attrs: { href: {} }, inclusive: false },
    comment: { attrs: { id: {} }, excludes: '' },
  },
});

type Json = { type: string; attrs?: object; content?: Json[]; text?: string; marks?: object[] };
const node = (type: string, ...content: (Json | string)[]): Json => ({
  type,
  content: content.map(child => (typeof child === 'string' ? { type: 'text', text: child } : child)),
});
const p = (...content: (Json | string)[]) => node('paragraph', ...content);
const doc = (...content: Json[]) => {
  const made = schema.nodeFromJSON(node('doc', ...content));
  made.check();
  return made;
};
const text = (content: string, formats = {}): Inline => ({ text: content, formats });

let blocks = 0;
const block = (content: string | Inline[], rest: Partial<Block> = {}): Block => ({
  id: `0:${blocks++}`,
  attributes: {},
  marks: {},
  content: typeof content === 'string' ? (content === '' ? [] : [text(content)]) : content,
  ...rest,
});
const container = (type: string, parent?: string, attributes = {}): Container => ({
  type,
  attributes,
  marks: {},
  ...(parent === undefined ? {} : { in: parent }),
});
const sequence = (containers: Record<string, Container>, ...list: Block[]): Sequence => ({
  attributes: {},
  containers: new Map(Object.entries(containers)),
  blocks: list,
});
const shown = (...args: Parameters<typeof sequence>): Node => {
  const tree = toTree(sequence(...args), schema);
  tree.check();
  return tree;
};

const everything = doc(
  { ...node('heading', 'Title'), attrs: { level: 2 } },
  p('plain ', { type: 'text', text: 'bold', marks: [{ type: 'bold' }] }, ' rest'),
  p(
    {
      type: 'text',
      text: 'twice',
      marks: [
        { type: 'comment', attrs: { id: 'a' } },
        { type: 'comment', attrs: { id: 'b' } },
      ],
    },
    { type: 'text', text: 'link', marks: [{ type: 'link', attrs: { href: 'x' } }] },
    { type: 'image', attrs: { src: 'y' } },
    { type: 'break' },
  ),
  p(),
  { type: 'rule' },
  node('quote', p('one'), node('quote', p('two'))),
  node('list', node('item', p('a'), node('list', node('item', p('b')))), node('item', p('c'))),
  node('list', node('item', p('d'))),
  node('details', node('summary', 's'), node('body')),
  node('codeBlock', 'a\nb'),
  node(
    'table',
    node('table_row', { ...node('table_header', p('h')), attrs: { colspan: 2 } }),
    node('table_row', node('table_cell', p('1')), node('table_cell', p('2'), p('3'))),
  ),
);

describe('a document', () => {
  test('is the same after going through a sequence', () => {
    expect(toTree(toSequence(everything), schema).toJSON()).toEqual(everything.toJSON());
  });

  test('is the same after going through Yjs', () => {
    const ytext = new Y.Doc().getText('content');
    writeSequence(ytext, toSequence(everything));
    expect(readDocument(ytext, schema).toJSON()).toEqual(everything.toJSON());
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(ytext.doc as Y.Doc));
    expect(readDocument(copy.getText('content'), schema).toJSON()).toEqual(everything.toJSON());
  });

  test('costs one item a plain paragraph and one a run of text', () => {
    const ytext = new Y.Doc().getText('content');
    writeSequence(ytext, toSequence(doc(p('a'), p('b'))));
    expect(readSequence(ytext).blocks.map(({ id }) => id.split(':')[1])).toEqual(['0', '2']);
  });

  test('that is empty shows the least that the schema allows', () => {
    expect(readDocument(new Y.Doc().getText('content'), schema).toJSON()).toEqual(doc(p()).toJSON());
  });
});

describe('whatever merging makes', () => {
  test('text before the first marker is a paragraph', () => {
    const ytext = new Y.Doc().getText('content');
    ytext.insert(0, 'ab');
    expect(readDocument(ytext, schema).toJSON()).toEqual(doc(p('ab')).toJSON());
  });

  test('text in a rule follows it', () => {
    expect(shown({}, block('x', { type: 'rule' })).toString()).toBe('doc(rule, paragraph("x"))');
  });

  test('an image in a code block is out of sight', () => {
    const image = { atom: 'image', attributes: { src: 'x' }, formats: {} };
    const code = block([text('a'), image, text('b')], { type: 'codeBlock' });
    expect(shown({}, code).toString()).toBe('doc(codeBlock("ab"))');
  });

  test('a type that the schema does not know is a paragraph', () => {
    expect(shown({}, block('x', { type: 'marquee' })).toString()).toBe('doc(paragraph("x"))');
  });

  test('a heading where a paragraph must come first gets one', () => {
    const containers = { l: container('list'), i: container('item', 'l') };
    expect(shown(containers, block('x', { type: 'heading', in: 'i' })).toString()).toBe(
      'doc(list(item(paragraph, heading("x"))))',
    );
  });

  test('items without a list share one', () => {
    const containers = { a: container('item', 'gone'), b: container('item', 'gone') };
    expect(shown(containers, block('x', { in: 'a' }), block('y', { in: 'b' }), block('z')).toString()).toBe(
      'doc(list(item(paragraph("x")), item(paragraph("y"))), paragraph("z"))',
    );
  });

  test('a block whose container is unknown stays beside the one before it', () => {
    const containers = { q: container('quote') };
    expect(shown(containers, block('x', { in: 'q' }), block('y', { in: 'gone' })).toString()).toBe(
      'doc(quote(paragraph("x"), paragraph("y")))',
    );
  });

  test('containers in a circle are cut open at the same place for everybody', () => {
    const containers = { a: container('quote', 'b'), b: container('quote', 'a') };
    expect(shown(containers, block('x', { in: 'a' }), block('y', { in: 'b' })).toString()).toBe(
      'doc(quote(paragraph("x"), quote(paragraph("y"))))',
    );
  });

  test('containers nested without end are shown up to some depth, with all their text', () => {
    const containers: Record<string, Container> = {};
    for (let level = 0; level < 20_000; level++)
      containers[`q${level}`] = container('quote', `q${level + 1}`);
    containers.q20000 = container('quote');
    expect(shown(containers, block('x', { in: 'q0' })).textContent).toBe('x');
  });

  test('a cell that wants to be enormous is not', () => {
    const containers: Record<string, Container> = { t: container('table') };
    const list: Block[] = [];
    for (let row = 0; row < 300; row++) {
      containers[`r${row}`] = container('table_row', 't');
      containers[`c${row}`] = container('table_cell', `r${row}`, { colspan: 1e9, rowspan: 1e9 });
      list.push(block('x', { in: `c${row}` }));
    }
    const tree = shown(containers, ...list);
    expect(tree.textContent).toBe('x'.repeat(300));
    expect(tree.nodeSize).toBeLessThan(1_000_000);
  });

  test('a container that is left and entered again appears twice', () => {
    const containers = { q: container('quote') };
    expect(shown(containers, block('x', { in: 'q' }), block('y'), block('z', { in: 'q' })).toString()).toBe(
      'doc(quote(paragraph("x")), paragraph("y"), quote(paragraph("z")))',
    );
  });

  test('a body without summary gets one', () => {
    const containers = { d: container('details'), b: container('body', 'd') };
    expect(shown(containers, block('x', { in: 'b' })).toString()).toBe(
      'doc(details(summary, body(paragraph("x"))))',
    );
  });

  test('a second summary starts a collapsible section in the first', () => {
    const containers = { d: container('details') };
    const summary = { type: 'summary', in: 'd' };
    expect(shown(containers, block('x', summary), block('y', summary)).toString()).toBe(
      'doc(details(summary("x"), body(details(summary("y"), body))))',
    );
  });

  test.each([
    ['too few cells', [[{}, {}], [{}]]],
    ['cells that run into others', [[{ rowspan: 2 }, {}], [{ colspan: 3 }, {}], [{}]]],
    ['cells that reach below the table', [[{ rowspan: 9 }, {}], [{}]]],
    ['nonsense for spans', [[{ colspan: -1 }, { colspan: 'x' }], [{ rowspan: 0 }]]],
    [
      'widths that contradict each other',
      [
        [{ colwidth: [5] }, {}],
        [{ colwidth: [7] }, { colwidth: [1, 2] }],
      ],
    ],
  ])('a table with %s needs no more repair', (_, rows) => {
    const containers: Record<string, Container> = { t: container('table') };
    const list: Block[] = [];
    rows.forEach((cells, r) => {
      containers[`r${r}`] = container('table_row', 't');
      cells.forEach((attributes, c) => {
        containers[`c${r}${c}`] = container('table_cell', `r${r}`, attributes);
        list.push(block(`${r}${c}`, { in: `c${r}${c}` }));
      });
    });
    const tree = shown(containers, ...list);
    expect(tree.textContent).toBe(list.map(({ content }) => (content[0] as { text: string }).text).join(''));
    expect(fixTables(EditorState.create({ doc: tree }))).toBeUndefined();
  });
});
