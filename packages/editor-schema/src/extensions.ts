import type { Extensions } from '@tiptap/core';
import { Link } from '@tiptap/extension-link';
import { TaskItem, TaskList } from '@tiptap/extension-list';
import { TableKit } from '@tiptap/extension-table';
import { StarterKit } from '@tiptap/starter-kit';
import { Callout } from './blocks/callout.ts';
import { Formula } from './blocks/formula.ts';
import { PageBreak } from './blocks/page-break.ts';
import { Section, SectionSummary } from './blocks/section.ts';
import { isSafeLink } from './links.ts';
import { UnknownBlock, UnknownInline, UnknownMark } from './unknown.ts';

/**
 * A link carries its target and nothing else. The stock mark also stores `target`, `rel` and `class`, which would let
 * one writer decide how a link behaves in another's browser.
 */
const DocumentLink = Link.extend({
  addAttributes() {
    return { href: { default: null } };
  },
}).configure({
  autolink: true,
  defaultProtocol: 'https',
  // In the editor a click places the cursor; where nobody can type, the browser follows the link by itself.
  openOnClick: false,
  isAllowedUri: isSafeLink,
  HTMLAttributes: { target: '_blank', rel: 'noopener noreferrer nofollow', class: null },
});

/** Bullets, ticks and rules stand where the text beside them begins: on the right, where it is Arabic or Hebrew. */
const AS_ITS_TEXT = { dir: 'auto' };

/** A task that is also ticked with the keyboard. */
const Task = TaskItem.extend({
  addKeyboardShortcuts() {
    return {
      ...this.parent?.(),
      'Mod-Enter': ({ editor }) =>
        editor.isActive(this.name) &&
        editor.commands.updateAttributes(this.name, {
          checked: editor.getAttributes(this.name).checked !== true,
        }),
    };
  },
}).configure({
  nested: true,
  HTMLAttributes: AS_ITS_TEXT,
  a11y: { checkboxLabel: task => task.firstChild?.textContent || 'Task' },
});

/**
 * Everything a document can be made of, as Tiptap extensions: the schema, its keyboard shortcuts and Markdown input
 * rules. Collaboration, undo, placeholder and other matters of one editor are added by the editor.
 */
export const documentExtensions: Extensions = [
  StarterKit.configure({
    link: false,
    // Undo belongs to the collaboration binding: it takes back only one's own edits.
    undoRedo: false,
    // It would write to the document merely because somebody opened it.
    trailingNode: false,
    bulletList: { HTMLAttributes: AS_ITS_TEXT },
    orderedList: { HTMLAttributes: AS_ITS_TEXT },
    blockquote: { HTMLAttributes: AS_ITS_TEXT },
    dropcursor: { class: 'drop-cursor', color: false, width: 2 },
  }),
  DocumentLink,
  TaskList,
  Task,
  TableKit.configure({ table: { resizable: true, renderWrapper: true, cellMinWidth: 48 } }),
  Callout,
  Section,
  SectionSummary,
  PageBreak,
  Formula,
  UnknownBlock,
  UnknownInline,
  UnknownMark,
];
