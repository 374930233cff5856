import { DOCUMENT_ROOT } from '@cahier/protocol';
import * as Y from 'yjs';

/** A document in which everybody finds a paragraph of their own. */
export function paragraphs(count: number): Uint8Array {
  const doc = new Y.Doc();
  const text = doc.getText(DOCUMENT_ROOT);
  doc.transact(() => {
    for (let made = 0; made < count; made++) text.insertEmbed(made, new Y.Map());
  });
  return Y.encodeStateAsUpdate(doc);
}

/** Types one character after the other, each of which is one edit. */
export class Typist {
  readonly #doc = new Y.Doc();
  readonly #text: Y.Text;
  /** Where the paragraph begins: behind its marker. */
  readonly #start: number;
  #lastEdit: Uint8Array = new Uint8Array();
  /** When each character was typed, in the milliseconds of `performance.now`. */
  readonly typedAt: number[] = [];

  /** @param state - the document as {@link paragraphs} made it */
  constructor(state: Uint8Array, paragraph: number) {
    Y.applyUpdate(this.#doc, state);
    this.#text = this.#doc.getText(DOCUMENT_ROOT);
    this.#start = paragraph + 1;
    this.#doc.on('update', update => {
      this.#lastEdit = update;
    });
  }

  get client(): number {
    return this.#doc.clientID;
  }

  type(): Uint8Array {
    this.typedAt.push(performance.now());
    // Nobody else writes in this copy of the document.
    this.#text.insert(this.#start + this.typedAt.length - 1, 'x');
    return this.#lastEdit;
  }
}
