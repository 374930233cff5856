import type { ChangedBlock } from '@cahier/y-prose';
import { Extension } from '@tiptap/core';
import type { Node } from '@tiptap/pm/model';
import { type EditorState, Plugin, PluginKey, type Transaction } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';

const unsentKey = new PluginKey<DecorationSet>('unsent');

/** Marks in the text what was written here and could not be sent. */
export const UnsentMarks = Extension.create({
  name: 'unsentMarks',
  addProseMirrorPlugins: () => [
    new Plugin<DecorationSet>({
      key: unsentKey,
      state: {
        init: () => DecorationSet.empty,
        apply(transaction, marks, _, { doc }) {
          const changes = transaction.getMeta(unsentKey) as readonly ChangedBlock[] | undefined;
          return changes === undefined ? marks.map(transaction.mapping, doc) : marksFor(doc, changes);
        },
      },
      props: { decorations: state => unsentKey.getState(state) },
    }),
  ],
});

/** The transaction that marks these changes, instead of what is marked. */
export function markUnsent(state: EditorState, changes: readonly ChangedBlock[]): Transaction {
  return state.tr.setMeta(unsentKey, changes).setMeta('addToHistory', false);
}

function marksFor(doc: Node, changes: readonly ChangedBlock[]): DecorationSet {
  const marks = changes.flatMap(({ from, to, inserted, deleted }) => [
    Decoration.node(from, to, {
      class: 'unsent-block',
      'aria-description': 'Not saved: you changed this, and it could not be sent',
    }),
    ...inserted.map(range => Decoration.inline(range.from, range.to, { class: 'unsent-text' })),
    ...deleted.map(position => Decoration.widget(position, gap, { side: -1, ignoreSelection: true })),
  ]);
  return DecorationSet.create(doc, marks);
}

/** Stands where something was deleted. */
function gap(): HTMLElement {
  const element = document.createElement('span');
  element.className = 'unsent-gap';
  element.setAttribute('aria-hidden', 'true');
  return element;
}
