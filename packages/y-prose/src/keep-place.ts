import { type EditorState, TextSelection, type Transaction } from 'prosemirror-state';

/**
 * Keeps a selection where it is while others write: a cursor at the end of a line, where ProseMirror would take it along
 * with whatever comes there, stays in front of what others append.
 *
 * @param transaction - of the state, with all its steps
 */
export function keepPlace(transaction: Transaction, { selection }: EditorState): Transaction {
  if (!(selection instanceof TextSelection)) return transaction;
  const { mapping, doc } = transaction;
  const [$anchor, $head] = [selection.$anchor, selection.$head].map($end => {
    const isAtEnd = $end.parentOffset === $end.parent.content.size;
    return doc.resolve(mapping.map($end.pos, isAtEnd ? -1 : 1));
  });
  if (!$anchor?.parent.inlineContent || !$head?.parent.inlineContent) return transaction;
  const kept = new TextSelection($anchor, $head);
  return kept.eq(transaction.selection) ? transaction : transaction.setSelection(kept);
}
