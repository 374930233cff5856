import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { type EditorState, Plugin, PluginKey, TextSelection, type Transaction } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';
import { SectionView } from './section-view.ts';

/** The sections that are closed here: a decoration on each. */
const foldingKey = new PluginKey<DecorationSet>('folding');

/**
 * Opening and closing sections. Who closes one closes it for themselves; it opens by itself when the cursor gets into what
 * is out of sight.
 */
export const Folding = Extension.create({
  name: 'folding',
  // Before the page break, which has the same key.
  priority: 102,
  addKeyboardShortcuts() {
    return {
      'Mod-Enter': ({ editor }) => {
        const { $from } = editor.state.selection;
        if ($from.parent.type.name !== 'sectionSummary') return false;
        return toggleSection(editor.view, $from.before(-1));
      },
    };
  },
  addProseMirrorPlugins: () => [
    new Plugin<DecorationSet>({
      key: foldingKey,
      state: {
        init: () => DecorationSet.empty,
        apply: (transaction, closed) => applied(closed, transaction),
      },
      props: {
        decorations: state => foldingKey.getState(state),
        nodeViews: {
          section: (node, view, getPos, decorations) =>
            new SectionView(node, decorations, () => {
              const position = getPos();
              if (position !== undefined) toggleSection(view, position);
            }),
        },
      },
    }),
  ],
});

/** Opens or closes the section at a position. */
function toggleSection(view: EditorView, position: number): boolean {
  const { state } = view;
  const section = state.doc.nodeAt(position);
  if (section === null) return false;
  const transaction = state.tr.setMeta(foldingKey, position).setMeta('addToHistory', false);
  const isClosing = closedAt(state, position, section).length === 0;
  if (isClosing && headIsInBody(state.selection.head, position, section)) {
    const endOfSummary = position + 1 + (section.firstChild?.nodeSize ?? 0) - 1;
    transaction.setSelection(TextSelection.create(state.doc, endOfSummary));
  }
  view.dispatch(transaction);
  return true;
}

/** Opens every closed section whose body an element of the text is in, so that it can be seen. */
export function openSectionsAround(element: Element): void {
  const inside = (section: Element) => section.contains(element) && !isInSummary(element, section);
  const closed = [...document.querySelectorAll<HTMLElement>('.section[data-closed]')].filter(inside);
  for (const section of closed) section.querySelector<HTMLElement>(':scope > button')?.click();
}

const isInSummary = (element: Element, section: Element) =>
  section.querySelector('summary')?.contains(element) ?? false;

function closedAt(state: EditorState, position: number, section: Node): Decoration[] {
  const found = foldingKey.getState(state)?.find(position, position + section.nodeSize) ?? [];
  return found.filter(({ from }) => from === position);
}

function applied(before: DecorationSet, transaction: Transaction): DecorationSet {
  const { doc, selection } = transaction;
  let closed = before.map(transaction.mapping, doc);
  const toggled: number | undefined = transaction.getMeta(foldingKey);
  if (toggled !== undefined) {
    const section = doc.nodeAt(toggled);
    if (section === null) return closed;
    const end = toggled + section.nodeSize;
    const there = closed.find(toggled, end).filter(({ from }) => from === toggled);
    if (there.length > 0) return closed.remove(there);
    closed = closed.add(doc, [Decoration.node(toggled, end, { 'data-closed': '' }, { closed: true })]);
  }
  const entered = closed.find(selection.head, selection.head).filter(({ from }) => {
    const section = doc.nodeAt(from);
    return section !== null && headIsInBody(selection.head, from, section);
  });
  return entered.length > 0 ? closed.remove(entered) : closed;
}

function headIsInBody(head: number, position: number, section: Node): boolean {
  const body = position + 1 + (section.firstChild?.nodeSize ?? 0);
  return head > body && head < position + section.nodeSize - 1;
}
