import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { type DocumentContent, updateToDocument, updateToText } from './convert.ts';
import { formerToUpdate } from './former-format.ts';
import { documentSchema } from './schema.ts';

/** An element with what is in it: text with marks, or other elements. */
type Former = [name: string, attributes: Record<string, unknown>, ...children: (Former | Run)[]];
type Run = { insert: string; attributes?: Record<string, unknown> };

function element([name, attributes, ...children]: Former): Y.XmlElement {
  const made = new Y.XmlElement<Record<string, never>>(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value as never);
  made.insert(0, children.map(child));
  return made as Y.XmlElement;
}

function child(of: Former | Run): Y.XmlElement | Y.XmlText {
  if (Array.isArray(of)) return element(of);
  const text = new Y.XmlText();
  text.applyDelta([of]);
  return text;
}

function carried(...blocks: (Former | Run)[]): DocumentContent {
  const doc = new Y.Doc();
  doc.getXmlFragment('content').insert(0, blocks.map(child));
  const document = updateToDocument(formerToUpdate(Y.encodeStateAsUpdate(doc)));
  documentSchema.nodeFromJSON(document).check();
  return document;
}

const textOf = (document: DocumentContent) => documentSchema.nodeFromJSON(document).textContent;

test('blocks, attributes and marks are what they were', () => {
  expect(
    carried(
      ['heading', { level: 3 }, { insert: 'Title' }],
      [
        'bulletList',
        {},
        [
          'listItem',
          {},
          [
            'paragraph',
            {},
            { insert: 'see ' },
            { insert: 'this', attributes: { bold: {}, link: { href: 'https://a.org/' } } },
          ],
        ],
      ],
      ['horizontalRule', {}],
      ['paragraph', {}, { insert: 'a' }, ['hardBreak', {}], { insert: 'b' }],
    ),
  ).toEqual({
    type: 'doc',
    content: [
      { type: 'heading', attrs: { level: 3 }, content: [{ type: 'text', text: 'Title' }] },
      {
        type: 'bulletList',
        content: [
          {
            type: 'listItem',
            content: [
              {
                type: 'paragraph',
                content: [
                  { type: 'text', text: 'see ' },
                  {
                    type: 'text',
                    text: 'this',
                    marks: [{ type: 'link', attrs: { href: 'https://a.org/' } }, { type: 'bold' }],
                  },
                ],
              },
            ],
          },
        ],
      },
      { type: 'horizontalRule' },
      {
        type: 'paragraph',
        content: [{ type: 'text', text: 'a' }, { type: 'hardBreak' }, { type: 'text', text: 'b' }],
      },
    ],
  });
});

describe('whatever somebody put there, its text is kept', () => {
  test.each<[string, (Former | Run)[]]>([
    ['in an element that the schema lacks', [['marquee', { speed: 2 }, { insert: 'words' }]]],
    ['in blocks inside such an element', [['marquee', {}, ['paragraph', {}, { insert: 'words' }]]]],
    ['directly under the root', [{ insert: 'words' }]],
    ['in a list without items', [['bulletList', {}, { insert: 'words' }]]],
    ['in an item without a list', [['listItem', {}, ['paragraph', {}, { insert: 'words' }]]]],
    ['in a block inside a paragraph', [['paragraph', {}, ['heading', { level: 1 }, { insert: 'words' }]]]],
    ['in a cell without a table', [['tableCell', {}, ['paragraph', {}, { insert: 'words' }]]]],
    ['with a mark that the schema lacks', [['paragraph', {}, { insert: 'words', attributes: { glow: 1 } }]]],
    ['in a heading of level 12', [['heading', { level: 12 }, { insert: 'words' }]]],
  ])('%s', (_, blocks) => {
    expect(textOf(carried(...blocks))).toBe('words');
  });
});

test('an empty document stays empty', () => {
  expect(carried()).toEqual({ type: 'doc', content: [{ type: 'paragraph' }] });
});

test('updates of which some are missing are not taken for the document', () => {
  const doc = new Y.Doc();
  doc.getXmlFragment('content').insert(0, [element(['paragraph', {}, { insert: 'first' }])]);
  const before = Y.encodeStateVector(doc);
  doc.getXmlFragment('content').insert(1, [element(['paragraph', {}, { insert: 'second' }])]);
  expect(() => formerToUpdate(Y.encodeStateAsUpdate(doc, before))).toThrow('not complete');
  expect(updateToText(formerToUpdate(Y.encodeStateAsUpdate(doc)))).toBe('first\nsecond');
});
