import { createRandom, type Random } from '@cahier/testing';
import type { Node } from '@tiptap/pm/model';
import { prosemirrorToYXmlFragment } from 'y-prosemirror';
import * as Y from 'yjs';
import { updateDocument } from '../src/index.ts';
import { ROOT } from './page/contender.ts';
import { schema } from './page/document-schema.ts';

/** How a contender keeps a document in Yjs. */
export interface Model {
  readonly name: 'sequence' | 'elements';
  write(doc: Y.Doc, content: Node): void;
  /** Inserts one letter somewhere into the text of a paragraph. */
  insertLetter(doc: Y.Doc, random: Random): void;
}

export const sequence: Model = {
  name: 'sequence',
  write: (doc, content) => updateDocument(doc.getText(ROOT), content),
  insertLetter(doc, random) {
    const text = doc.getText(ROOT);
    // Behind a marker at the earliest, like everything that is written.
    text.insert(random.integer(1, text.length), random.word(1));
  },
};

export const elements: Model = {
  name: 'elements',
  write: (doc, content) => {
    prosemirrorToYXmlFragment(content, doc.getXmlFragment(ROOT));
  },
  insertLetter(doc, random) {
    let inner: Y.XmlFragment | Y.XmlText = doc.getXmlFragment(ROOT);
    while (!(inner instanceof Y.XmlText)) {
      const next: unknown = inner.get(random.integer(0, inner.length - 1));
      // An empty element has no text: begin again.
      inner = next instanceof Y.XmlText || next instanceof Y.XmlElement ? next : doc.getXmlFragment(ROOT);
    }
    inner.insert(random.integer(0, inner.length), random.word(1));
  },
};

const PARAGRAPH_CHARACTERS = 400;
const WRITERS = 4;
/** One in this many characters was typed into the finished text by one of several people. */
const CHARACTERS_PER_EDIT = 100;

/** A text of so many characters: paragraphs with some bold, a heading and a list now and then. */
export function longDocument(characters: number, seed = 1): Node {
  const random = createRandom(seed);
  const blocks: Node[] = [];
  for (let written = 0; written < characters; ) {
    const block = someBlock(blocks.length, Math.min(PARAGRAPH_CHARACTERS, characters - written), random);
    written += block.textContent.length;
    blocks.push(block);
  }
  return schema.node('doc', null, blocks);
}

function someBlock(index: number, length: number, random: Random): Node {
  const paragraph = (size: number) => schema.node('paragraph', null, words(size, random));
  if (index % 10 === 0)
    return schema.node('heading', { level: 2 }, schema.text(sentence(Math.min(40, length), random)));
  if (index % 10 === 5 && length >= 4) {
    const items = Array.from({ length: 4 }, () =>
      schema.node('listItem', null, paragraph(Math.floor(length / 4))),
    );
    return schema.node('bulletList', null, items);
  }
  return paragraph(length);
}

function words(length: number, random: Random): Node[] {
  if (length < 60 || random.chance(0.5)) return [schema.text(sentence(length, random))];
  return [
    schema.text(sentence(30, random)),
    schema.text(sentence(20, random), [schema.mark('bold')]),
    schema.text(sentence(length - 50, random)),
  ];
}

function sentence(length: number, random: Random): string {
  let text = '';
  while (text.length < length) text += `${random.word(random.integer(2, 9))} `;
  return `${text.slice(0, length - 1)}.`;
}

/** A stored document, and edits that others make to it. */
export interface Stored {
  readonly update: Uint8Array;
  /** How long the text is. */
  readonly characters: number;
  /** One letter each, in turn. */
  readonly edits: readonly Uint8Array[];
  /** Many edits in one update, such as somebody gets who was away for a while; in turn behind the others. */
  readonly merged: readonly Uint8Array[];
}

/** Writes a document in a model's way, has a few people edit it, and records further edits. */
export function store(
  model: Model,
  content: Node,
  edits: number,
  merged: { readonly updates: number; readonly edits: number },
): Stored {
  const random = createRandom(2);
  const doc = new Y.Doc();
  doc.clientID = 1;
  model.write(doc, content);
  const characters = content.textContent.length;
  for (let writer = 0; writer < WRITERS; writer++) {
    doc.clientID = 100 + writer;
    for (let edit = 0; edit < characters / CHARACTERS_PER_EDIT / WRITERS; edit++)
      model.insertLetter(doc, random);
  }
  const update = Y.encodeStateAsUpdate(doc);
  doc.clientID = 200;
  const updates: Uint8Array[] = [];
  doc.on('update', (bytes: Uint8Array) => updates.push(bytes));
  const count = edits + merged.updates * merged.edits;
  for (let edit = 0; edit < count; edit++) model.insertLetter(doc, random);
  doc.destroy();
  return {
    update,
    characters,
    edits: updates.slice(0, edits),
    merged: Array.from({ length: merged.updates }, (_, index) => {
      const from = edits + index * merged.edits;
      return Y.mergeUpdates(updates.slice(from, from + merged.edits));
    }),
  };
}
