import fc from 'fast-check';
import type { EditorState, Transaction } from 'prosemirror-state';
import { documents } from '../documents.ts';
import type { Letters } from '../letters.ts';
import { schema } from '../schema.ts';
import * as blocks from './blocks.ts';
import type { Choice, Command } from './command.ts';
import * as program from './program.ts';
import { type SelectionKind, selectionOf } from './selections.ts';
import * as tables from './tables.ts';
import * as text from './text.ts';

interface Kind {
  readonly weight: number;
  readonly command: Command;
  readonly selection: SelectionKind;
  /** Whether it uses new content, which takes long to generate. */
  readonly content?: boolean;
}

const empty = schema.node('doc', null, schema.node('paragraph'));

/** Everything a document goes through. A name is what a failing run shows. */
const kinds: Record<string, Kind> = {
  type: { weight: 20, command: text.type, selection: 'cursor' },
  typeAtStart: { weight: 3, command: text.type, selection: 'start' },
  typeAtEnd: { weight: 6, command: text.type, selection: 'end' },
  typeOver: { weight: 4, command: text.type, selection: 'near' },
  typeMarked: { weight: 2, command: text.typeMarked, selection: 'cursor' },
  correct: { weight: 2, command: text.correct, selection: 'cursor' },
  eraseBackward: { weight: 5, command: text.eraseBackward, selection: 'cursor' },
  eraseNear: { weight: 4, command: text.eraseSelection, selection: 'near' },
  eraseRange: { weight: 3, command: text.eraseSelection, selection: 'range' },
  eraseNode: { weight: 2, command: text.eraseSelection, selection: 'node' },
  eraseCells: { weight: 1, command: text.eraseSelection, selection: 'cells' },
  eraseEverything: { weight: 1, command: text.eraseEverything, selection: 'cursor' },
  insertAtom: { weight: 3, command: text.insertAtom, selection: 'cursor' },
  setAtomAttribute: { weight: 2, command: text.setAtomAttribute, selection: 'cursor' },
  toggleMark: { weight: 4, command: text.toggle, selection: 'range' },
  toggleMarkNear: { weight: 3, command: text.toggle, selection: 'near' },
  addMark: { weight: 3, command: text.addMark, selection: 'near' },
  removeMark: { weight: 2, command: text.removeMark, selection: 'range' },
  clearMarks: { weight: 1, command: text.clearMarks, selection: 'range' },
  paste: { weight: 3, command: text.paste, selection: 'cursor', content: true },
  pasteOver: { weight: 2, command: text.paste, selection: 'range', content: true },
  pasteRange: { weight: 2, command: text.pasteRange, selection: 'range', content: true },

  enter: { weight: 8, command: blocks.enter, selection: 'cursor' },
  enterAtStart: { weight: 2, command: blocks.enter, selection: 'start' },
  enterAtEnd: { weight: 4, command: blocks.enter, selection: 'end' },
  enterOver: { weight: 2, command: blocks.enter, selection: 'range' },
  splitDeep: { weight: 2, command: blocks.splitDeep, selection: 'cursor' },
  backspaceAtStart: { weight: 6, command: blocks.backspaceAtStart, selection: 'start' },
  deleteAtEnd: { weight: 4, command: blocks.deleteAtEnd, selection: 'end' },
  joinWithPrevious: { weight: 1, command: blocks.joinWithPrevious, selection: 'node' },
  joinWithNext: { weight: 1, command: blocks.joinWithNext, selection: 'node' },
  leaveCode: { weight: 1, command: blocks.leaveCode, selection: 'cursor' },
  setKind: { weight: 6, command: blocks.setKind, selection: 'cursor' },
  setKindOfSeveral: { weight: 2, command: blocks.setKind, selection: 'range' },
  wrap: { weight: 5, command: blocks.wrap, selection: 'cursor' },
  wrapSeveral: { weight: 4, command: blocks.wrap, selection: 'range' },
  unwrap: { weight: 4, command: blocks.unwrap, selection: 'cursor' },
  unwrapSeveral: { weight: 2, command: blocks.unwrap, selection: 'range' },
  indent: { weight: 4, command: blocks.indent, selection: 'cursor' },
  outdent: { weight: 4, command: blocks.outdent, selection: 'cursor' },
  changeList: { weight: 2, command: blocks.changeList, selection: 'cursor' },
  setAttribute: { weight: 4, command: blocks.setAttribute, selection: 'cursor' },
  markBlock: { weight: 3, command: blocks.markBlock, selection: 'cursor' },
  insertBlock: { weight: 2, command: blocks.insertBlock, selection: 'cursor' },
  insertDetails: { weight: 1, command: blocks.insertDetails, selection: 'cursor' },
  moveBlock: { weight: 4, command: blocks.moveBlock, selection: 'cursor' },
  moveItemUp: { weight: 2, command: blocks.moveItemUp, selection: 'cursor' },

  insertTable: { weight: 3, command: tables.insertTable, selection: 'cursor' },
  rowAfter: { weight: 2, command: tables.rowAfter, selection: 'cells' },
  rowBefore: { weight: 2, command: tables.rowBefore, selection: 'cells' },
  columnAfter: { weight: 2, command: tables.columnAfter, selection: 'cells' },
  columnBefore: { weight: 2, command: tables.columnBefore, selection: 'cells' },
  removeRow: { weight: 2, command: tables.removeRow, selection: 'cells' },
  removeColumn: { weight: 2, command: tables.removeColumn, selection: 'cells' },
  removeTable: { weight: 1, command: tables.removeTable, selection: 'cells' },
  mergeCells: { weight: 3, command: tables.merge, selection: 'cells' },
  splitCell: { weight: 1, command: tables.split, selection: 'cells' },
  headRow: { weight: 1, command: tables.headRow, selection: 'cells' },
  headColumn: { weight: 1, command: tables.headColumn, selection: 'cells' },
  headCell: { weight: 1, command: tables.headCell, selection: 'cells' },
  setColumnWidth: { weight: 1, command: tables.setColumnWidth, selection: 'cells' },
  moveRow: { weight: 1, command: tables.moveRow, selection: 'cursor' },
  moveColumn: { weight: 1, command: tables.moveColumn, selection: 'cursor' },

  steps: { weight: 5, command: program.steps, selection: 'cursor', content: true },
  setContent: { weight: 2, command: program.setContent, selection: 'cursor' },
  replaceContent: { weight: 1, command: program.replaceContent, selection: 'cursor', content: true },
};

/** One step of somebody's work, before it is known on which document. */
export interface Edit extends Choice {
  readonly name: string;
}

const number = fc.nat(9_999);

const edit = (name: string, { weight, content }: Kind) => ({
  weight,
  arbitrary: fc.record({
    name: fc.constant(name),
    at: number,
    to: number,
    pick: number,
    content: content ? documents : fc.constant(empty),
  }),
});

/** Random edits of the kinds whose names match. */
export const editsOf = (names: RegExp): fc.Arbitrary<Edit> =>
  fc.oneof(
    ...Object.entries(kinds)
      .filter(([name]) => names.test(name))
      .map(([name, kind]) => edit(name, kind)),
  );

export const edits = editsOf(/./);

/** An editor without a page. */
export interface Writer {
  readonly state: EditorState;
  dispatch(transaction: Transaction): void;
}

/**
 * Selects what an edit is about and does it.
 *
 * @returns what was dispatched; `undefined` when the edit is impossible in this document
 */
export function perform(
  writer: Writer,
  { name, ...choice }: Edit,
  letters: Letters,
): Transaction | undefined {
  const kind = kinds[name];
  if (!kind) throw new RangeError(`There is no edit “${name}”`);
  const selection = selectionOf(writer.state, kind.selection, choice);
  if (!selection) return undefined;
  const transaction = attempt(() => {
    writer.dispatch(writer.state.tr.setSelection(selection));
    return kind.command(writer.state, choice, letters);
  });
  if (!transaction?.docChanged || !isValid(transaction)) return undefined;
  writer.dispatch(transaction);
  return transaction;
}

/**
 * Some commands of ProseMirror and its tables throw where they are impossible, and the tables refuse to have a row without
 * cells selected; nothing has been dispatched then.
 */
function attempt<T>(command: () => T): T | undefined {
  try {
    return command();
  } catch {
    return undefined;
  }
}

/** Some commands of ProseMirror's make documents that its schema does not allow; nothing is claimed about those. */
function isValid({ doc }: Transaction): boolean {
  try {
    doc.check();
    return true;
  } catch {
    return false;
  }
}
