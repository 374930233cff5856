import { DOCUMENT_ROOT } from '@cahier/protocol';
import * as Y from 'yjs';

/** A document in which everybody finds a paragraph of their own. */
export function paragraphs(count: number): Uint8Array {
  const doc = new Y.Doc();
  doc.getXmlFragment(DOCUMENT_ROOT).insert(
    0,
    Array.from({ length: count }, () => {
      const paragraph = new Y.XmlElement('paragraph');
      paragraph.insert(0, [new Y.XmlText()]);
      return paragraph;
    }),
  );
  return Y.encodeStateAsUpdate(doc);
}

/** Types one character after the other, each of which is one edit. */
export class Typist {
  readonly #doc = new Y.Doc();
  readonly #text: Y.XmlText;
  #lastEdit: Uint8Array = new Uint8Array();
  /** When each character was typed, in the milliseconds of `performance.now`. */
  readonly typedAt: number[] = [];

  /** @param state - the document as {@link paragraphs} made it */
  constructor(state: Uint8Array, paragraph: number) {
    Y.applyUpdate(this.#doc, state);
    const element = this.#doc.getXmlFragment(DOCUMENT_ROOT).get(paragraph) as Y.XmlElement;
    this.#text = element.get(0) as Y.XmlText;
    this.#doc.on('update', update => {
      this.#lastEdit = update;
    });
  }

  get client(): number {
    return this.#doc.clientID;
  }

  type(): Uint8Array {
    this.typedAt.push(performance.now());
    this.#text.insert(this.#text.length, 'x');
    return this.#lastEdit;
  }
}
