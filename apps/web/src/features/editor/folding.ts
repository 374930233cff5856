import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { type EditorState, Plugin, PluginKey, TextSelection, type Transaction } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';
import { SectionView } from './section-view.ts';

interface Folds {
  /** A decoration on each section that is closed here. */
  readonly closed: DecorationSet;
  /** These, and one on each block that is thereby out of sight. */
  readonly drawn: DecorationSet;
  readonly sections: readonly Node[];
}

const foldingKey = new PluginKey<Folds>('folding');

/**
 * Opening and closing sections. Who closes one closes it for themselves; it opens by itself when the cursor gets into what
 * is out of sight, or when the browser finds there what somebody looks for in the page.
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
    new Plugin<Folds>({
      key: foldingKey,
      state: {
        init: () => ({ closed: DecorationSet.empty, drawn: DecorationSet.empty, sections: [] }),
        apply: (transaction, folds) => next(folds, transaction),
      },
      props: {
        decorations: state => foldingKey.getState(state)?.drawn,
        handleDOMEvents: {
          // https://html.spec.whatwg.org/multipage/interaction.html#ancestor-revealing-algorithm
          beforematch: (_, { target }) => {
            if (target instanceof Element) openSectionsAround(target);
            return false;
          },
        },
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
  const found = foldingKey.getState(state)?.closed.find(position, position + section.nodeSize) ?? [];
  return found.filter(({ from }) => from === position);
}

function next(before: Folds, transaction: Transaction): Folds {
  const closed = closedAfter(before.closed, transaction);
  if (closed === before.closed && !transaction.docChanged) return before;
  const { doc, mapping } = transaction;
  const found = closed.find().map(({ from }) => ({ from, section: doc.nodeAt(from) }));
  const sections = found.flatMap(({ section }) => section ?? []);
  const isSame =
    sections.length === before.sections.length && sections.every((node, at) => node === before.sections[at]);
  if (isSame) return { closed, drawn: before.drawn.map(mapping, doc), sections };
  const hidden = found.flatMap(({ from, section }) => (section === null ? [] : hiddenBlocks(section, from)));
  return { closed, drawn: closed.add(doc, hidden), sections };
}

/** Out of sight, but not out of reach for a search in the page. */
function hiddenBlocks(section: Node, position: number): Decoration[] {
  const blocks: Decoration[] = [];
  section.forEach((block, offset, index) => {
    const from = position + 1 + offset;
    if (index > 0) blocks.push(Decoration.node(from, from + block.nodeSize, { hidden: 'until-found' }));
  });
  return blocks;
}

function closedAfter(before: DecorationSet, transaction: Transaction): DecorationSet {
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
