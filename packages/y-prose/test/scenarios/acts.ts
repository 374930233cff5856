import {
  joinBackward,
  joinForward,
  lift,
  setBlockType,
  splitBlock,
  toggleMark,
  wrapIn,
} from 'prosemirror-commands';
import { type Attrs, Fragment, type Node, Slice } from 'prosemirror-model';
import { liftListItem, sinkListItem, splitListItem, wrapInList } from 'prosemirror-schema-list';
import { type Command, NodeSelection, TextSelection } from 'prosemirror-state';
import {
  addColumnAfter,
  addRowAfter,
  CellSelection,
  deleteColumn,
  deleteRow,
  mergeCells as mergeSelectedCells,
} from 'prosemirror-tables';
import type { Writer } from '../commands/edits.ts';
import { schema } from '../schema.ts';

/** What one person does, by the commands that keys and buttons call. */
export type Act = (editor: Writer) => void;

const { nodes } = schema;

/** Where a text begins. The scenarios' texts are such that each occurs once and within one text node. */
export function find(doc: Node, text: string): number {
  let found: number | undefined;
  doc.descendants((node, pos) => {
    const index = node.text?.indexOf(text) ?? -1;
    if (index !== -1) found ??= pos + index;
  });
  if (found === undefined) throw new Error(`“${text}” is not in ${doc}`);
  return found;
}

function select(editor: Writer, from: number, to = from): void {
  editor.dispatch(editor.state.tr.setSelection(TextSelection.create(editor.state.doc, from, to)));
}

function run(editor: Writer, command: Command): void {
  if (!command(editor.state, editor.dispatch)) throw new Error(`Impossible in ${editor.state.doc}`);
}

/** Puts the cursor before a text and runs a command there. */
const at =
  (text: string, command: Command): Act =>
  editor => {
    select(editor, find(editor.state.doc, text));
    run(editor, command);
  };

/** Runs a command with everything selected from the start of one text to the end of another. */
const over =
  (first: string, last: string, command: Command): Act =>
  editor => {
    const { doc } = editor.state;
    select(editor, find(doc, first), find(doc, last) + last.length);
    run(editor, command);
  };

function typeAt(editor: Writer, pos: number, text: string): void {
  select(editor, pos);
  for (const letter of text) editor.dispatch(editor.state.tr.insertText(letter));
}

export const typeBefore =
  (place: string, text: string): Act =>
  editor =>
    typeAt(editor, find(editor.state.doc, place), text);

export const typeAfter =
  (place: string, text: string): Act =>
  editor =>
    typeAt(editor, find(editor.state.doc, place) + place.length, text);

export const joinToPrevious = (text: string): Act => at(text, joinBackward);

export const joinNextTo =
  (text: string): Act =>
  editor => {
    select(editor, find(editor.state.doc, text) + text.length);
    run(editor, joinForward);
  };

export const splitBefore = (text: string): Act => at(text, splitBlock);
export const splitItemBefore = (text: string): Act => at(text, splitListItem(nodes.listItem));

export const turnInto = (text: string, name: string, attrs: Attrs | null = null): Act =>
  at(text, setBlockType(typeNamed(name), attrs));

export const wrapInQuote = (text: string): Act => at(text, wrapIn(nodes.quote));
export const wrapAllInQuote = (first: string, last: string): Act => over(first, last, wrapIn(nodes.quote));
export const wrapNodeInQuote =
  (text: string, name: string): Act =>
  editor => {
    const { doc } = editor.state;
    editor.dispatch(
      editor.state.tr.setSelection(NodeSelection.create(doc, blockAround(doc, text, name).pos)),
    );
    run(editor, wrapIn(nodes.quote));
  };
export const wrapInBullets = (first: string, last = first): Act =>
  over(first, last, wrapInList(nodes.bulletList));
export const wrapInNumbers = (first: string, last = first): Act =>
  over(first, last, wrapInList(nodes.orderedList));
export const unwrap = (text: string): Act => at(text, lift);
export const indent = (text: string): Act => at(text, sinkListItem(nodes.listItem));
export const outdent = (text: string): Act => at(text, liftListItem(nodes.listItem));

export const format = (text: string, mark: string, attrs: Attrs | null = null): Act => {
  const type = schema.marks[mark];
  if (!type) throw new Error(`There is no mark “${mark}”`);
  return over(text, text, toggleMark(type, attrs));
};

export const erase =
  (first: string, last = first): Act =>
  editor => {
    const { doc } = editor.state;
    select(editor, find(doc, first), find(doc, last) + last.length);
    editor.dispatch(editor.state.tr.deleteSelection());
  };

/** The block around a text: the innermost one, or the innermost one of a kind. */
function blockAround(doc: Node, text: string, name?: string): { pos: number; node: Node } {
  const $pos = doc.resolve(find(doc, text));
  for (let depth = $pos.depth; depth > 0; depth--) {
    const node = $pos.node(depth);
    if (name === undefined || node.type.name === name) return { pos: $pos.before(depth), node };
  }
  throw new Error(`“${text}” is in no ${name}`);
}

export const deleteBlock =
  (text: string, name?: string): Act =>
  editor => {
    const { pos } = blockAround(editor.state.doc, text, name);
    editor.dispatch(
      editor.state.tr.setSelection(NodeSelection.create(editor.state.doc, pos)).deleteSelection(),
    );
  };

export const pasteOver =
  (text: string, ...content: Node[]): Act =>
  editor => {
    const { pos, node } = blockAround(editor.state.doc, text);
    const slice = new Slice(Fragment.from(content), 0, 0);
    editor.dispatch(editor.state.tr.replaceRange(pos, pos + node.nodeSize, slice));
  };

/** Drags the block around a text to where another one begins or, without one, to the end of the document. */
export const moveBlock =
  (text: string, beforeText?: string): Act =>
  editor => {
    const { doc, tr } = editor.state;
    const { pos, node } = blockAround(doc, text);
    const target = beforeText === undefined ? doc.content.size : blockAround(doc, beforeText).pos;
    tr.delete(pos, pos + node.nodeSize);
    editor.dispatch(tr.insert(tr.mapping.map(target), node));
  };

export const setAttribute =
  (text: string, name: string, value: unknown, block?: string): Act =>
  editor =>
    editor.dispatch(
      editor.state.tr.setNodeAttribute(blockAround(editor.state.doc, text, block).pos, name, value),
    );

/** Exchanges the block around a text for one of another kind with the same content, as Tiptap's list buttons do it. */
export const changeKind =
  (text: string, from: string, to: string): Act =>
  editor =>
    editor.dispatch(
      editor.state.tr.setNodeMarkup(blockAround(editor.state.doc, text, from).pos, typeNamed(to)),
    );

export const markBlock =
  (text: string, mark: string, attrs: Attrs): Act =>
  editor =>
    editor.dispatch(
      editor.state.tr.addNodeMark(blockAround(editor.state.doc, text).pos, schema.mark(mark, attrs)),
    );

/** A program sets the whole document to a new one made from scratch. */
export const replaceDocument =
  (content: Node): Act =>
  editor =>
    editor.dispatch(editor.state.tr.replaceWith(0, editor.state.doc.content.size, content.content));

export const addRow = (text: string): Act => at(text, addRowAfter);
export const addColumn = (text: string): Act => at(text, addColumnAfter);
export const removeRow = (text: string): Act => at(text, deleteRow);
export const removeColumn = (text: string): Act => at(text, deleteColumn);

export const mergeCells =
  (first: string, last: string): Act =>
  editor => {
    const { doc } = editor.state;
    const [anchor, head] = [
      blockAround(doc, first, 'tableCell').pos,
      blockAround(doc, last, 'tableCell').pos,
    ];
    editor.dispatch(editor.state.tr.setSelection(CellSelection.create(doc, anchor, head)));
    run(editor, mergeSelectedCells);
  };

export const inTurn =
  (...acts: Act[]): Act =>
  editor => {
    for (const act of acts) act(editor);
  };

function typeNamed(name: string) {
  const type = nodes[name];
  if (!type) throw new Error(`There is no node “${name}”`);
  return type;
}
