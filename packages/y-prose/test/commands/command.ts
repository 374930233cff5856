import type { Node } from 'prosemirror-model';
import type { Command as EditorCommand, EditorState, Transaction } from 'prosemirror-state';
import type { Letters } from '../letters.ts';

/** The random numbers and content that make a command concrete. What they mean depends on the document at that moment. */
export interface Choice {
  /** Where: any whole number, taken modulo what there is to choose from. */
  readonly at: number;
  readonly to: number;
  /** Which: of several nodes, attributes, marks, values. */
  readonly pick: number;
  /** New content with placeholders for letters. */
  readonly content: Node;
}

/**
 * Something that an editor, one of its plugins or a program does to a document. It acts on the selection.
 *
 * @returns the transaction, not yet applied; `undefined` when it is impossible in this state
 */
export type Command = (state: EditorState, choice: Choice, letters: Letters) => Transaction | undefined;

/** The item that a random number stands for. */
export function pickFrom<T>(items: readonly T[], number: number): T | undefined {
  return items.length === 0 ? undefined : items[number % items.length];
}

/** What an editor's command would dispatch. */
export function transactionOf(state: EditorState, command: EditorCommand): Transaction | undefined {
  let dispatched: Transaction | undefined;
  command(state, transaction => {
    dispatched = transaction;
  });
  return dispatched;
}

/** A command of an editor that needs no choice. */
export const plain =
  (command: EditorCommand): Command =>
  state =>
    transactionOf(state, command);

export interface Placed {
  readonly node: Node;
  readonly pos: number;
}

/** The nodes of a document that satisfy a condition, with their positions. */
export function nodesOf(doc: Node, condition: (node: Node) => boolean): Placed[] {
  const found: Placed[] = [];
  doc.descendants((node, pos) => {
    if (condition(node)) found.push({ node, pos });
  });
  return found;
}
