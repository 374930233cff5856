import type { Values } from './values.ts';

/**
 * A document as one sequence of blocks. Its order is the order of the text; lists, quotes, tables and all other
 * containers are no part of the order but named by the blocks inside them.
 */
export interface Sequence {
  /** Attributes of the document node itself, those that differ from the schema's defaults. */
  readonly attributes: Values;
  /** Every container that was ever named, by id. One without blocks does not appear in the document. */
  readonly containers: ReadonlyMap<string, Container>;
  readonly blocks: readonly Block[];
}

/** A node whose content is blocks: a list, a list item, a table, a row, a cell, a quote, … */
export interface Container extends Kind {
  /** Name of the node type. */
  readonly type: string;
}

/** A textblock, or a block that has no content: a rule, an image, an empty container. */
export interface Block extends Kind {
  /**
   * The same for as long as the block exists, also when it moves: where Yjs keeps its marker (`client:clock`), or
   * what that was before the block moved. The text before the first marker has the id `''`.
   */
  readonly id: string;
  /** Name of the node type; absent: the schema's default textblock. */
  readonly type?: string;
  readonly content: readonly Inline[];
}

interface Kind {
  /** Id of the container it is in; absent: directly in the document. */
  readonly in?: string;
  /** Attributes by name, those that differ from the schema's defaults. */
  readonly attributes: Values;
  /** Marks on the node itself, as formatting: see {@link Inline}. */
  readonly marks: Values;
}

/** A piece of a block's content. `formats` are its marks: the mark's name → `true`, or its attributes. */
export type Inline = TextRun | Atom;

export interface TextRun {
  readonly text: string;
  readonly formats: Values;
}

/** An inline node: an image, a mention, a line break. It counts as one character. */
export interface Atom {
  /** Name of the node type. */
  readonly atom: string;
  readonly attributes: Values;
  readonly formats: Values;
}

export function isText(inline: Inline): inline is TextRun {
  return 'text' in inline;
}

/** How much room it takes in the `Y.Text`. */
export function inlineLength(inline: Inline): number {
  return isText(inline) ? inline.text.length : 1;
}
