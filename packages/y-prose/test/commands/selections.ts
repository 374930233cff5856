import {
  AllSelection,
  type EditorState,
  NodeSelection,
  type Selection,
  TextSelection,
} from 'prosemirror-state';
import { CellSelection } from 'prosemirror-tables';
import { type Choice, nodesOf, pickFrom } from './command.ts';

export type SelectionKind = 'cursor' | 'start' | 'end' | 'range' | 'near' | 'node' | 'cells' | 'all';

/** The selection that a choice stands for in this state; `undefined` when the document has none of that kind. */
export function selectionOf(
  state: EditorState,
  kind: SelectionKind,
  { at, to }: Choice,
): Selection | undefined {
  const { doc } = state;
  const anchor = doc.resolve(at % (doc.content.size + 1));
  switch (kind) {
    case 'cursor':
      return TextSelection.near(anchor);
    case 'start':
    case 'end': {
      const block = pickFrom(
        nodesOf(doc, node => node.isTextblock),
        at,
      );
      if (!block) return undefined;
      return TextSelection.create(doc, block.pos + 1 + (kind === 'start' ? 0 : block.node.content.size));
    }
    case 'range':
      return TextSelection.between(anchor, doc.resolve(to % (doc.content.size + 1)));
    case 'near':
      return TextSelection.between(anchor, doc.resolve(Math.min(doc.content.size, anchor.pos + (to % 6))));
    case 'node': {
      const found = pickFrom(
        nodesOf(doc, node => !node.isText && NodeSelection.isSelectable(node)),
        at,
      );
      return found && NodeSelection.create(doc, found.pos);
    }
    case 'cells': {
      const table = pickFrom(
        nodesOf(doc, node => node.type.spec.tableRole === 'table'),
        at,
      );
      if (!table) return undefined;
      const cells = nodesOf(table.node, node => /cell/.test(node.type.spec.tableRole ?? ''));
      // A table inside a cell has cells of its own.
      const own = cells.filter(({ pos }) => doc.resolve(table.pos + 1 + pos).node(-1) === table.node);
      const [first, last] = [pickFrom(own, at), pickFrom(own, to)];
      return first && last && CellSelection.create(doc, table.pos + 1 + first.pos, table.pos + 1 + last.pos);
    }
    case 'all':
      return new AllSelection(doc);
  }
}
