import { type Editor, Extension } from '@tiptap/core';
import {
  type EditorState,
  NodeSelection,
  Plugin,
  PluginKey,
  TextSelection,
  type Transaction,
} from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import { FormulaView } from './formula-view.ts';

/** The source of a formula that is being changed: text between dollars. */
interface Source {
  readonly from: number;
  readonly to: number;
}

const sourceKey = new PluginKey<Source | null>('formulas');

/**
 * Formulas are typeset. To be changed, with Enter or a click, one becomes what was typed, `$x^2$`, until the cursor leaves
 * it.
 */
export const Formulas = Extension.create({
  name: 'formulas',
  priority: 103,
  addKeyboardShortcuts() {
    return {
      Enter: ({ editor: { view } }) => {
        const { selection } = view.state;
        if (sourceKey.getState(view.state) != null) return leave(view);
        const isFormula = selection instanceof NodeSelection && selection.node.type.name === 'formula';
        return isFormula && showSource(view, selection.from);
      },
    };
  },
  addProseMirrorPlugins: () => [
    new Plugin<Source | null>({
      key: sourceKey,
      state: { init: () => null, apply: (transaction, before) => next(before, transaction) },
      appendTransaction: (_, before, now) => {
        const source = sourceKey.getState(now);
        const isLeft = source != null && !isWithin(now, source);
        return isLeft && sourceKey.getState(before) !== null ? typeset(now, source) : null;
      },
      props: {
        nodeViews: { formula: node => new FormulaView(node) },
        handleClickOn: (view, _, node, position) =>
          node.type.name === 'formula' && view.editable && showSource(view, position),
      },
    }),
  ],
});

/** Begins a formula at the cursor. */
export function writeFormula({ view }: Editor): void {
  const { from, to } = view.state.selection;
  const tr = view.state.tr.insertText('$$', from, to);
  tr.setSelection(TextSelection.create(tr.doc, from + 1)).setMeta(sourceKey, { from, to: from + 2 });
  view.dispatch(tr.scrollIntoView());
}

function next(before: Source | null, transaction: Transaction): Source | null {
  const meta = transaction.getMeta(sourceKey) as Source | null | undefined;
  if (meta !== undefined) return meta;
  if (before === null || !transaction.docChanged) return before;
  const { mapping } = transaction;
  const [from, to] = [mapping.map(before.from, -1), mapping.map(before.to, 1)];
  return from < to ? { from, to } : null;
}

function showSource(view: EditorView, position: number): boolean {
  const { state } = view;
  const node = state.doc.nodeAt(position);
  if (node === null) return false;
  const text = `$${node.attrs.latex}$`;
  const tr = state.tr.replaceWith(position, position + node.nodeSize, state.schema.text(text, node.marks));
  const to = position + text.length;
  tr.setSelection(TextSelection.create(tr.doc, to - 1)).setMeta(sourceKey, { from: position, to });
  view.dispatch(tr.scrollIntoView());
  return true;
}

/** Puts the cursor behind the source, which is thereby left. */
function leave(view: EditorView): boolean {
  const source = sourceKey.getState(view.state);
  if (source == null) return false;
  const transaction = typeset(view.state, source);
  const $end = transaction.doc.resolve(transaction.mapping.map(source.to));
  view.dispatch(transaction.setSelection(TextSelection.near($end, -1)));
  return true;
}

function isWithin({ selection }: EditorState, { from, to }: Source): boolean {
  return selection.from >= from && selection.to <= to;
}

/** Makes a formula of its source again. What is no formula any more stays as it is; of an empty one nothing stays. */
function typeset({ doc, schema, tr }: EditorState, { from, to }: Source): Transaction {
  tr.setMeta(sourceKey, null);
  const latex = /^\$([^$]*)\$$/.exec(doc.textBetween(from, to, '\n', '\ufffc'))?.[1]?.trim();
  const type = schema.nodes.formula;
  if (type === undefined || latex === undefined) return tr;
  if (latex === '') return tr.delete(from, to);
  return tr.replaceWith(from, to, type.create({ latex }, undefined, doc.resolve(from + 1).marks()));
}
