import * as Y from 'yjs';

/** The marks in a document, in order. */
export function marksOf(root: Y.Text): string[] {
  return (root.toDelta() as { insert: unknown }[]).flatMap(({ insert }) =>
    insert instanceof Y.Map ? [String(insert.get('mark'))] : [],
  );
}
