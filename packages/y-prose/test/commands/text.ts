import { deleteSelection, toggleMark } from 'prosemirror-commands';
import { type Mark, Slice } from 'prosemirror-model';
import { schema } from '../schema.ts';
import { type Command, nodesOf, pickFrom, plain } from './command.ts';

const MARKS: readonly Mark[] = [
  schema.mark('bold'),
  schema.mark('italic'),
  schema.mark('code'),
  schema.mark('link', { href: '#a' }),
  schema.mark('link', { href: '#b' }),
  schema.mark('comment', { id: 'c1' }),
  schema.mark('comment', { id: 'c2' }),
  schema.mark('insertion', { by: 'ann' }),
  schema.mark('deletion', { by: 'ben' }),
];

const ATOMS = [
  schema.node('hardBreak'),
  schema.node('image', { src: 'a.png' }),
  schema.node('math', { latex: 'x^2' }),
  schema.node('mention', { person: 'ann' }),
  schema.node('file', { href: 'a.pdf' }),
] as const;

export const type: Command = (state, { pick }, letters) =>
  state.selection.$from.parent.inlineContent ? state.tr.insertText(letters.take(1 + (pick % 3))) : undefined;

export const typeMarked: Command = (state, { pick }, letters) => {
  const { parent } = state.selection.$from;
  const mark = pickFrom(MARKS, pick);
  if (!mark || !parent.inlineContent || !parent.type.allowsMarkType(mark.type)) return undefined;
  return state.tr.setStoredMarks(mark.addToSet(state.selection.$from.marks())).insertText(letters.take(2));
};

export const insertAtom: Command = (state, { pick }, letters) => {
  const chosen = pickFrom(ATOMS, pick);
  const atom = chosen && letters.renew(chosen);
  const { $from } = state.selection;
  const index = $from.index();
  if (!atom || !$from.parent.canReplaceWith(index, index, atom.type)) return undefined;
  return state.tr.replaceSelectionWith(atom);
};

export const eraseBackward: Command = state => {
  const { $from, empty } = state.selection;
  return empty && $from.parentOffset > 0 ? state.tr.delete($from.pos - 1, $from.pos) : undefined;
};

export const eraseSelection = plain(deleteSelection);

export const toggle: Command = (state, choice, letters) => {
  const mark = pickFrom(MARKS, choice.pick);
  return mark && plain(toggleMark(mark.type, mark.attrs))(state, choice, letters);
};

export const addMark: Command = (state, { pick }) => {
  const mark = pickFrom(MARKS, pick);
  return mark && state.tr.addMark(state.selection.from, state.selection.to, mark);
};

export const removeMark: Command = (state, { pick }) => {
  const mark = pickFrom(MARKS, pick);
  const { from, to } = state.selection;
  return mark && state.tr.removeMark(from, to, pick % 2 === 0 ? mark : mark.type);
};

export const clearMarks: Command = state => state.tr.removeMark(state.selection.from, state.selection.to);

const ATOM_ATTRIBUTES: Record<string, { name: string; values: readonly unknown[] }> = {
  image: { name: 'size', values: [null, 100, 200] },
  math: { name: 'latex', values: ['', 'x^2', 'y_1'] },
  mention: { name: 'person', values: ['ann', 'ben'] },
  file: { name: 'name', values: ['', 'a', 'b'] },
};

export const setAtomAttribute: Command = (state, { at, pick }) => {
  const found = pickFrom(
    nodesOf(state.doc, node => node.type.name in ATOM_ATTRIBUTES),
    at,
  );
  const attribute = found && ATOM_ATTRIBUTES[found.node.type.name];
  return attribute && state.tr.setNodeAttribute(found.pos, attribute.name, pickFrom(attribute.values, pick));
};

/** As a clipboard does it: a part of some document, open at its ends, fitted in. */
export const paste: Command = (state, { content, pick, to }, letters) => {
  const from = pick % (content.content.size + 1);
  const end = from + (to % (content.content.size - from + 1));
  return state.tr.replaceSelection(letters.renewSlice(content.slice(from, end)));
};

export const pasteRange: Command = (state, { content, pick, to }, letters) => {
  const from = pick % (content.content.size + 1);
  const end = from + (to % (content.content.size - from + 1));
  const slice = letters.renewSlice(content.slice(from, end));
  return state.tr.replaceRange(state.selection.from, state.selection.to, slice);
};

/** Input rules and spelling correction replace a few letters by others. */
export const correct: Command = (state, { pick }, letters) => {
  const { $from } = state.selection;
  const length = Math.min($from.parentOffset, 1 + (pick % 3));
  if (length === 0 || !$from.parent.inlineContent) return undefined;
  return state.tr.insertText(letters.take(2), $from.pos - length, $from.pos);
};

export const eraseEverything: Command = state =>
  state.tr.replace(
    0,
    state.doc.content.size,
    new Slice(schema.node('doc', null, schema.node('paragraph')).content, 0, 0),
  );
