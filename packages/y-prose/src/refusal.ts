import type { EditorState, Transaction } from 'prosemirror-state';

/** Whether a plugin of a state lets a transaction not happen, as one does that limits how long a document may be. */
export function isRefused(state: EditorState, transaction: Transaction): boolean {
  return state.plugins.some(plugin => {
    const { filterTransaction } = plugin.spec;
    return filterTransaction !== undefined && !filterTransaction.call(plugin, transaction, state);
  });
}

/** The state after a transaction that its plugins are not asked about, and which they do not answer. */
export function applyAnyway(state: EditorState, transaction: Transaction): EditorState {
  // ProseMirror keeps this to itself: what is public asks the plugins.
  return (state as EditorState & { applyInner(transaction: Transaction): EditorState }).applyInner(
    transaction,
  );
}
