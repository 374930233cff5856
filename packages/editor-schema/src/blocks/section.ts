import { type Editor, findParentNode, Node } from '@tiptap/core';
import { Fragment, type Node as ProseMirrorNode } from '@tiptap/pm/model';
import { TextSelection } from '@tiptap/pm/state';
import { rangeToWrap } from './wrapping.ts';

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    section: {
      /** Makes the selected blocks a section; if the first one is text, it becomes the summary. */
      setSection: () => ReturnType;
      /** Makes ordinary blocks of the section around the cursor. */
      unsetSection: () => ReturnType;
    };
  }
}

const SUMMARY = 'sectionSummary';

/** The line that stays in sight when its section is closed. */
export const SectionSummary = Node.create({
  name: SUMMARY,
  content: 'inline*',
  defining: true,
  selectable: false,
  parseHTML: () => [{ tag: 'summary' }],
  renderHTML: () => ['summary', 0],
  addKeyboardShortcuts() {
    return {
      // On to what it sums up, instead of a second summary.
      Enter: () => goOn(this.editor),
      Backspace: () => {
        const { empty, $from } = this.editor.state.selection;
        if (!empty || $from.parentOffset > 0) return false;
        if ($from.parent.type.name === SUMMARY) return this.editor.commands.unsetSection();
        return goBack(this.editor);
      },
    };
  },
});

/** Takes what follows the cursor in the summary to the beginning of the section's content. */
function goOn(editor: Editor): boolean {
  const { $from, $to } = editor.state.selection;
  const summary = $from.parent;
  if (summary.type.name !== SUMMARY || !$to.sameParent($from)) return false;
  return editor.commands.command(({ tr, state }) => {
    const first = $from.node(-1).child(1);
    const { paragraph } = state.schema.nodes;
    tr.deleteSelection();
    const isEmptyBelow = first.type === paragraph && first.content.size === 0;
    const position = tr.mapping.map($from.pos);
    if (!(isEmptyBelow && $to.parentOffset === summary.content.size) && paragraph !== undefined) {
      tr.split(position, 1, [{ type: paragraph }]);
    }
    const below = tr.doc.resolve(position).after() + 1;
    tr.setSelection(TextSelection.near(tr.doc.resolve(below))).scrollIntoView();
    return true;
  });
}

/** From the empty line that is all of a section's content back to its summary: a section needs both. */
function goBack(editor: Editor): boolean {
  const { $from } = editor.state.selection;
  const section = $from.depth > 1 ? $from.node(-1) : null;
  if (section?.type.name !== 'section' || section.childCount !== 2 || $from.parent.content.size > 0) {
    return false;
  }
  return editor.commands.setTextSelection($from.before() - 1);
}

/** A part of the document that can be closed: a summary, and what it sums up. Who closes it closes it for themselves. */
export const Section = Node.create({
  name: 'section',
  group: 'block',
  content: `${SUMMARY} block+`,
  defining: true,
  parseHTML: () => [{ tag: 'details' }],
  renderHTML: () => ['details', { open: '' }, 0],
  addCommands() {
    return {
      setSection:
        () =>
        ({ state, tr, dispatch }) => {
          const { [SUMMARY]: summary, paragraph } = state.schema.nodes;
          const range = rangeToWrap(tr.selection, this.type);
          if (range === null || !summary || !paragraph) return false;
          if (!dispatch) return true;
          const blocks: ProseMirrorNode[] = [];
          for (let index = range.startIndex; index < range.endIndex; index++) {
            blocks.push(range.parent.child(index));
          }
          const [first] = blocks;
          const title =
            first?.type === paragraph || first?.type.name === 'heading' ? blocks.shift() : undefined;
          const content = blocks.length > 0 ? blocks : [paragraph.create()];
          const { head } = tr.selection;
          tr.replaceWith(
            range.start,
            range.end,
            this.type.create(null, [summary.create(null, title?.content), ...content]),
          );
          const inside = title === undefined ? range.start + 2 : head + 1;
          tr.setSelection(TextSelection.near(tr.doc.resolve(inside))).scrollIntoView();
          return true;
        },
      unsetSection:
        () =>
        ({ state, tr, dispatch }) => {
          const around = findParentNode(({ type }) => type === this.type)(tr.selection);
          const { paragraph } = state.schema.nodes;
          if (around === undefined || paragraph === undefined) return false;
          if (!dispatch) return true;
          const [summary, ...rest] = around.node.content.content;
          const { head } = tr.selection;
          tr.replaceWith(around.pos, around.pos + around.node.nodeSize, [
            paragraph.create(null, summary?.content ?? Fragment.empty),
            ...rest,
          ]);
          tr.setSelection(TextSelection.near(tr.doc.resolve(head - 1))).scrollIntoView();
          return true;
        },
    };
  },
});
