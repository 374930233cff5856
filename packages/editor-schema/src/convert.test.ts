import { DOCUMENT_ROOT } from '@cahier/protocol';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type DocumentContent, documentToUpdate, updateToDocument, updateToText } from './convert.ts';
import { documentSchema } from './schema.ts';

const text = (content: string, ...marks: { type: string; attrs?: Record<string, unknown> }[]) =>
  marks.length === 0 ? { type: 'text', text: content } : { type: 'text', text: content, marks };
const block = (type: string, ...content: DocumentContent[]) => ({ type, content });
const paragraph = (content: string) => block('paragraph', text(content));
const cell = (type: string, content: string, width?: number) => ({
  type,
  attrs: { colspan: 1, rowspan: 1, colwidth: width === undefined ? null : [width] },
  content: [paragraph(content)],
});
const task = (checked: boolean, ...content: DocumentContent[]) => ({
  type: 'taskItem',
  attrs: { checked },
  content,
});

/** One of everything the schema knows. */
const everything: DocumentContent = block(
  'doc',
  ...[1, 2, 3, 4, 5, 6].map(level => ({
    type: 'heading',
    attrs: { level },
    content: [text(`Level ${level}`)],
  })),
  block(
    'paragraph',
    text('plain '),
    text('bold', { type: 'bold' }),
    text('italic', { type: 'italic' }),
    text('underline', { type: 'underline' }),
    text('strike', { type: 'strike' }),
    text('code', { type: 'code' }),
    text('link', { type: 'link', attrs: { href: 'https://example.org/' } }),
    { type: 'hardBreak' },
    { type: 'formula', attrs: { latex: 'x^2' } },
    text('both', { type: 'bold' }, { type: 'italic' }),
  ),
  block(
    'bulletList',
    block('listItem', paragraph('one'), block('bulletList', block('listItem', paragraph('deep')))),
  ),
  { ...block('orderedList', block('listItem', paragraph('third'))), attrs: { start: 3, type: null } },
  block('taskList', task(true, paragraph('done'), block('taskList', task(false, paragraph('still to do'))))),
  block('blockquote', paragraph('quoted')),
  { type: 'codeBlock', attrs: { language: 'ts' }, content: [text('let a;\nlet b;')] },
  { type: 'horizontalRule' },
  { ...block('callout', paragraph('careful')), attrs: { kind: 'warning' } },
  block('section', block('sectionSummary', text('in short')), paragraph('at length')),
  { type: 'pageBreak' },
  { ...block('unknownBlock', text('from the future')), attrs: { type: 'marquee', attributes: { speed: 2 } } },
  block(
    'paragraph',
    { type: 'unknownInline', attrs: { atom: 'sparkle', attributes: { colour: 'red' } } },
    text('glowing', { type: 'unknownMark', attrs: { key: 'glow', value: { strength: 3 } } }),
  ),
  block(
    'table',
    block('tableRow', cell('tableHeader', 'name'), cell('tableHeader', 'value', 120)),
    block('tableRow', cell('tableCell', 'a'), cell('tableCell', 'b', 120)),
  ),
);

const normal = (content: DocumentContent) => documentSchema.nodeFromJSON(content).toJSON();

function used(content: DocumentContent, found = new Set<string>()): Set<string> {
  if (content.type !== undefined) found.add(content.type);
  for (const mark of content.marks ?? []) found.add(mark.type);
  for (const child of content.content ?? []) used(child, found);
  return found;
}

describe('a document', () => {
  test('comes back from Yjs with every node and every mark it had', () => {
    const known = [...Object.keys(documentSchema.nodes), ...Object.keys(documentSchema.marks)];
    expect([...used(everything)].sort()).toEqual(known.sort());
    expect(updateToDocument(documentToUpdate(everything))).toEqual(normal(everything));
  });

  test('touches no root type but the one the protocol names', () => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, documentToUpdate(everything));
    expect([...doc.share.keys()]).toEqual([DOCUMENT_ROOT]);
  });

  test('that nobody has written in is one empty paragraph', () => {
    expect(updateToDocument()).toEqual({ type: 'doc', content: [{ type: 'paragraph' }] });
  });

  test('that does not fit the schema is refused', () => {
    expect(() => documentToUpdate(block('doc', text('bare')))).toThrow(RangeError);
    expect(() => documentToUpdate(block('doc', { type: 'marquee' }))).toThrow(RangeError);
    expect(() => documentToUpdate(block('doc', block('taskItem')))).toThrow(RangeError);
  });

  test('gives its text, a line for each block', () => {
    expect(updateToText(documentToUpdate(everything)).split('\n').slice(5, 13)).toEqual([
      'Level 6',
      'plain bolditalicunderlinestrikecodelink',
      '$x^2$both',
      'one',
      'deep',
      'third',
      'done',
      'still to do',
    ]);
  });
});

describe('what does not fit', () => {
  const merged = (write: (text: Y.Text) => void) => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, documentToUpdate(block('doc', paragraph('kept'))));
    write(doc.getText(DOCUMENT_ROOT));
    return updateToDocument(Y.encodeStateAsUpdate(doc));
  };

  test.each<[string, (text: Y.Text) => void, string]>([
    ['a block', root => root.insertEmbed(root.length, new Y.Map([['type', 'marquee']])), 'unknownBlock'],
    ['an inline node', root => root.insertEmbed(root.length, { atom: 'marquee' }), 'unknownInline'],
    ['a mark', root => root.format(1, 2, { marquee: true }), 'unknownMark'],
  ])('%s of a type that the schema lacks is shown as unknown, the rest stays', (_, write, name) => {
    const document = merged(write);
    expect(used(document)).toContain(name);
    expect(document.content?.[0]?.content?.map(({ text: words }) => words ?? '').join('')).toBe('kept');
    documentSchema.nodeFromJSON(document).check();
  });

  test('text outside of any block, and in containers that do not exist, is shown', () => {
    const document = merged(root => {
      root.insert(0, 'before');
      (root.toDelta() as { insert: unknown }[]).forEach(({ insert }) => {
        if (insert instanceof Y.Map) insert.set('in', 'nowhere');
      });
    });
    expect(document).toEqual(normal(block('doc', paragraph('before'), paragraph('kept'))));
  });
});
