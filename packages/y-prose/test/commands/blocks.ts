import {
  createParagraphNear,
  exitCode,
  joinBackward,
  joinDown,
  joinForward,
  joinUp,
  lift,
  liftEmptyBlock,
  newlineInCode,
  setBlockType,
  splitBlock,
  wrapIn,
} from 'prosemirror-commands';
import type { Attrs } from 'prosemirror-model';
import { liftListItem, sinkListItem, splitListItem, wrapInList } from 'prosemirror-schema-list';
import { canSplit, dropPoint } from 'prosemirror-transform';
import { schema } from '../schema.ts';
import { type Command, nodesOf, pickFrom, plain, transactionOf } from './command.ts';

const { nodes } = schema;

/** The first of these that does something, as a key binding tries them. */
const chain =
  (...commands: readonly Command[]): Command =>
  (state, choice, letters) => {
    for (const command of commands) {
      const transaction = command(state, choice, letters);
      if (transaction) return transaction;
    }
    return undefined;
  };

export const enter = chain(
  plain(newlineInCode),
  plain(splitListItem(nodes.listItem)),
  plain(splitListItem(nodes.taskItem)),
  plain(createParagraphNear),
  plain(liftEmptyBlock),
  plain(splitBlock),
);

export const backspaceAtStart = plain(joinBackward);
export const deleteAtEnd = plain(joinForward);
export const joinWithPrevious = plain(joinUp);
export const joinWithNext = plain(joinDown);
export const leaveCode = plain(exitCode);

const KINDS: readonly { readonly name: string; readonly attrs?: Attrs }[] = [
  { name: 'paragraph' },
  { name: 'heading', attrs: { level: 1 } },
  { name: 'heading', attrs: { level: 2 } },
  { name: 'codeBlock' },
  { name: 'codeBlock', attrs: { language: 'js' } },
];

export const setKind: Command = (state, { pick }) => {
  const kind = pickFrom(KINDS, pick);
  const type = kind && nodes[kind.name];
  return type && transactionOf(state, setBlockType(type, kind.attrs));
};

const WRAPPERS: readonly { readonly name: string; readonly attrs?: Attrs }[] = [
  { name: 'quote' },
  { name: 'callout' },
  { name: 'callout', attrs: { kind: 'warning' } },
  { name: 'bulletList' },
  { name: 'orderedList' },
  { name: 'taskList' },
];

export const wrap: Command = (state, { pick }) => {
  const wrapper = pickFrom(WRAPPERS, pick);
  const type = wrapper && nodes[wrapper.name];
  if (!type) return undefined;
  return transactionOf(
    state,
    type.spec.group?.includes('list') ? wrapInList(type, wrapper.attrs) : wrapIn(type, wrapper.attrs),
  );
};

export const unwrap = plain(lift);
export const indent = chain(plain(sinkListItem(nodes.listItem)), plain(sinkListItem(nodes.taskItem)));
export const outdent = chain(plain(liftListItem(nodes.listItem)), plain(liftListItem(nodes.taskItem)));

/** One kind of list becomes another, items and all, as Tiptap's toggleList does it with `setNodeMarkup`. */
export const changeList: Command = (state, { at, pick }) => {
  const list = pickFrom(
    nodesOf(state.doc, node => node.type === nodes.bulletList || node.type === nodes.orderedList),
    at,
  );
  const type = pick % 2 === 0 ? nodes.bulletList : nodes.orderedList;
  return list && type && state.tr.setNodeMarkup(list.pos, type);
};

const ATTRIBUTES: Record<string, { name: string; values: readonly unknown[] }> = {
  paragraph: { name: 'align', values: [null, 'center', 'right'] },
  heading: { name: 'level', values: [1, 2, 3, 4, 5, 6] },
  codeBlock: { name: 'language', values: [null, 'js', 'css'] },
  callout: { name: 'kind', values: ['info', 'warning', 'tip'] },
  orderedList: { name: 'start', values: [1, 5, 9] },
  taskItem: { name: 'checked', values: [false, true] },
  details: { name: 'open', values: [true, false] },
  figure: { name: 'width', values: [null, 100, 200] },
};

export const setAttribute: Command = (state, { at, pick }) => {
  const found = pickFrom(
    nodesOf(state.doc, node => node.type.name in ATTRIBUTES),
    at,
  );
  const attribute = found && ATTRIBUTES[found.node.type.name];
  return attribute && state.tr.setNodeAttribute(found.pos, attribute.name, pickFrom(attribute.values, pick));
};

/** A suggestion on a block as a whole. */
export const markBlock: Command = (state, { at, pick }) => {
  const found = pickFrom(
    nodesOf(
      state.doc,
      node => node.isBlock && !['summary', 'detailsBody', 'tableRow'].includes(node.type.name),
    ),
    at,
  );
  if (!found) return undefined;
  const [present] = found.node.marks;
  if (present) return state.tr.removeNodeMark(found.pos, present);
  const mark = schema.mark(pick % 2 === 0 ? 'insertion' : 'deletion', { by: 'ann' });
  return state.doc.resolve(found.pos).parent.type.allowsMarkType(mark.type)
    ? state.tr.addNodeMark(found.pos, mark)
    : undefined;
};

export const insertBlock: Command = (state, { pick }) => {
  const block = pickFrom(
    [schema.node('rule'), schema.node('pageBreak'), schema.node('figure', { src: 'a.png' })],
    pick,
  );
  return block && state.tr.replaceSelectionWith(block);
};

export const insertDetails: Command = (state, _, letters) =>
  state.tr.replaceSelectionWith(
    schema.node('details', null, [
      schema.node('summary', null, schema.text(letters.take(2))),
      schema.node('detailsBody', null, schema.node('paragraph', null, schema.text(letters.take(2)))),
    ]),
  );

/** Dragging a block, with all it contains, to another place. */
export const moveBlock: Command = (state, { at, to }) => {
  const found = pickFrom(
    nodesOf(state.doc, node => node.isBlock && node.type.isInGroup('block')),
    at,
  );
  if (!found) return undefined;
  const { node, pos } = found;
  const slice = state.doc.slice(pos, pos + node.nodeSize);
  const target = dropPoint(state.doc, to % (state.doc.content.size + 1), slice);
  if (target === null || (target >= pos && target <= pos + node.nodeSize)) return undefined;
  const transaction = state.tr.delete(pos, pos + node.nodeSize);
  const mapped = transaction.mapping.map(target);
  // Where the deletion had to fill what it emptied, the mapped place may not take the block: there is nothing to drop then.
  if (
    !transaction.doc
      .resolve(mapped)
      .parent.canReplaceWith(
        transaction.doc.resolve(mapped).index(),
        transaction.doc.resolve(mapped).index(),
        node.type,
      )
  ) {
    return undefined;
  }
  return transaction.insert(mapped, node);
};

/** Moving an item of a list up past its predecessor. */
export const moveItemUp: Command = (state, { at }) => {
  const items = nodesOf(state.doc, node => node.type === nodes.listItem || node.type === nodes.taskItem);
  const found = pickFrom(items, at);
  if (!found) return undefined;
  const before = state.doc.resolve(found.pos).nodeBefore;
  if (!before) return undefined;
  return state.tr
    .delete(found.pos, found.pos + found.node.nodeSize)
    .insert(found.pos - before.nodeSize, found.node);
};

export const splitDeep: Command = (state, { pick }) => {
  const { $from } = state.selection;
  const depth = 1 + (pick % Math.max(1, $from.depth));
  return canSplit(state.doc, $from.pos, depth) ? state.tr.split($from.pos, depth) : undefined;
};
