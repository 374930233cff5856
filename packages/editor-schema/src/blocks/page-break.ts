import { Node } from '@tiptap/core';
import type { ResolvedPos } from '@tiptap/pm/model';
import { TextSelection } from '@tiptap/pm/state';

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    pageBreak: {
      /** Begins a new page at the cursor: within a list, a table or the like, after it. The cursor goes on behind it. */
      insertPageBreak: () => ReturnType;
    };
  }
}

/** Where a new page begins when the document is printed. */
export const PageBreak = Node.create({
  name: 'pageBreak',
  group: 'block',
  // Before the line break, which has the same key.
  priority: 101,
  parseHTML: () => [{ tag: 'div[data-page-break]' }],
  // The style is for other programs, in which a copy begins a new page, too.
  renderHTML: () => [
    'div',
    {
      'data-page-break': '',
      role: 'separator',
      'aria-label': 'Page break',
      style: 'page-break-after: always',
    },
  ],
  addCommands() {
    return {
      insertPageBreak:
        () =>
        ({ tr, dispatch }) => {
          if (!dispatch) return true;
          if (tr.selection instanceof TextSelection) tr.deleteSelection();
          const { $to } = tr.selection;
          if (isWithinParagraph($to)) tr.split($to.pos);
          const position = placeFor($to);
          tr.insert(position, this.type.create());
          if (tr.doc.nodeAt(position + 1) === null) {
            const paragraph = tr.doc.type.contentMatch.defaultType?.create();
            if (paragraph !== undefined) tr.insert(position + 1, paragraph);
          }
          tr.setSelection(TextSelection.near(tr.doc.resolve(position + 1))).scrollIntoView();
          return true;
        },
    };
  },
  addKeyboardShortcuts() {
    return {
      'Mod-Enter': ({ editor }) =>
        // There it leaves the block, or ticks the task.
        !editor.isActive('codeBlock') && !editor.isActive('taskItem') && editor.commands.insertPageBreak(),
    };
  },
});

const isWithinParagraph = ({ depth, parent, parentOffset }: ResolvedPos) =>
  depth === 1 && parent.isTextblock && parentOffset > 0 && parentOffset < parent.content.size;

/** Between the outermost blocks; where the cursor is if its paragraph has been split there. */
function placeFor($cursor: ResolvedPos): number {
  if (isWithinParagraph($cursor)) return $cursor.pos + 1;
  if ($cursor.depth === 0) return $cursor.pos;
  return $cursor.depth === 1 && $cursor.parentOffset === 0 ? $cursor.before(1) : $cursor.after(1);
}
