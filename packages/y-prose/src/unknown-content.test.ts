import { Schema } from 'prosemirror-model';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { updateDocument } from './document.ts';
import { onUnknown } from './unknown-content.ts';

const spec = {
  nodes: {
    doc: { content: 'block+' },
    paragraph: { group: 'block', content: 'inline*' },
    quote: {
      group: 'block',
      content: 'block+',
      attrs: { kind: { default: 'plain', validate: 'string' as const } },
    },
    text: { group: 'inline' },
    image: { group: 'inline', inline: true, attrs: { src: { default: '' } } },
    star: { group: 'inline', inline: true },
  },
  marks: { bold: {}, link: { attrs: { href: {} } }, comment: { attrs: { id: {} }, excludes: '' } },
};
const schema = new Schema(spec);

const { paragraph, quote } = spec.nodes;
/** What each of these knows and {@link schema} does not. */
const newer = {
  'a block': new Schema({ ...spec, nodes: { ...spec.nodes, heading: { ...paragraph } } }),
  'a container': new Schema({
    ...spec,
    nodes: { ...spec.nodes, section: { group: 'block', content: 'block+' } },
  }),
  'an inline node': new Schema({ ...spec, nodes: { ...spec.nodes, smile: { ...spec.nodes.star } } }),
  'an inline node with attributes': new Schema({
    ...spec,
    nodes: { ...spec.nodes, math: { ...spec.nodes.image } },
  }),
  'a mark': new Schema({ ...spec, marks: { ...spec.marks, glow: {} } }),
  'an attribute of a block': new Schema({
    ...spec,
    nodes: { ...spec.nodes, paragraph: { ...paragraph, attrs: { align: { default: '' } } } },
  }),
  'an attribute of a container': new Schema({
    ...spec,
    nodes: { ...spec.nodes, quote: { ...quote, attrs: { ...quote.attrs, by: { default: '' } } } },
  }),
  'an attribute of a mark': new Schema({
    ...spec,
    marks: { ...spec.marks, link: { attrs: { href: {}, title: { default: '' } } } },
  }),
  'a value of an attribute': new Schema({
    ...spec,
    nodes: { ...spec.nodes, quote: { ...quote, attrs: { kind: { default: 'plain' } } } },
  }),
};

const text = (words: string, ...marks: object[]) => ({ type: 'text', text: words, marks });
const block = (type: string, attrs: object, ...content: object[]) => ({ type, attrs, content });

const contents: Record<keyof typeof newer, object> = {
  'a block': block('heading', {}, text('x')),
  'a container': block('section', {}, block('paragraph', {}, text('x'))),
  'an inline node': block('paragraph', {}, { type: 'smile' }),
  'an inline node with attributes': block('paragraph', {}, { type: 'math', attrs: { src: 'y' } }),
  'a mark': block('paragraph', {}, text('x', { type: 'glow' })),
  'an attribute of a block': block('paragraph', { align: 'right' }, text('x')),
  'an attribute of a container': block('quote', { by: 'y' }, block('paragraph', {}, text('x'))),
  'an attribute of a mark': block(
    'paragraph',
    {},
    text('x', { type: 'link', attrs: { href: 'y', title: 'z' } }),
  ),
  'a value of an attribute': block('quote', { kind: 3 }, block('paragraph', {}, text('x'))),
};

const known = [
  block(
    'paragraph',
    {},
    text('x', { type: 'bold' }),
    { type: 'star' },
    { type: 'image', attrs: { src: 'y' } },
  ),
  block('quote', { kind: 'loud' }, block('paragraph', {}, text('x', { type: 'link', attrs: { href: 'y' } }))),
  block(
    'paragraph',
    {},
    text('x', { type: 'comment', attrs: { id: 1 } }, { type: 'comment', attrs: { id: 2 } }),
  ),
];

function write(doc: Y.Doc, writing: Schema, ...blocks: object[]) {
  updateDocument(doc.getText('text'), writing.nodeFromJSON({ type: 'doc', content: blocks }));
}

/** How often it tells, of a text and of what arrives in it. */
function watch(doc: Y.Doc) {
  let times = 0;
  const stop = onUnknown(doc.getText('text'), schema, () => times++);
  return { stop, times: () => times };
}

describe('what a schema does not know', () => {
  test.each(Object.keys(newer) as (keyof typeof newer)[])('is found in a text: %s', name => {
    const doc = new Y.Doc();
    write(doc, newer[name], ...known, contents[name]);
    expect(watch(doc).times()).toBe(1);
  });

  test.each(Object.keys(newer) as (keyof typeof newer)[])(
    'is found when it arrives, and said once: %s',
    name => {
      const [doc, other] = [new Y.Doc(), new Y.Doc()];
      const { times } = watch(doc);
      write(other, schema, ...known);
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
      expect(times()).toBe(0);
      write(other, newer[name], ...known, contents[name]);
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
      expect(times()).toBe(1);
      write(other, newer[name], contents[name], ...known, contents[name]);
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
      expect(times()).toBe(1);
    },
  );

  test('is not found in what it knows, nor where it has been deleted', () => {
    const doc = new Y.Doc();
    write(doc, newer['a block'], contents['a block']);
    const text = doc.getText('text');
    text.delete(0, text.length);
    write(doc, schema, ...known);
    expect(watch(doc).times()).toBe(0);
  });

  test('is found in what a provider brings in a transaction of its own', () => {
    const [doc, other] = [new Y.Doc(), new Y.Doc()];
    const { times } = watch(doc);
    write(other, newer['a block'], contents['a block']);
    doc.transact(() => Y.applyUpdate(doc, Y.encodeStateAsUpdate(other)));
    expect(times()).toBe(1);
  });

  test('is not looked for any more after that was ended', () => {
    const [doc, other] = [new Y.Doc(), new Y.Doc()];
    const { stop, times } = watch(doc);
    stop();
    write(other, newer['a block'], contents['a block']);
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
    expect(times()).toBe(0);
  });
});
