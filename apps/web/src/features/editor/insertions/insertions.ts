import type { Editor } from '@tiptap/core';
import {
  ChevronRight,
  Heading1,
  Heading2,
  Heading3,
  Info,
  Lightbulb,
  List,
  ListOrdered,
  ListTodo,
  type LucideIcon,
  Minus,
  Pilcrow,
  SeparatorHorizontal,
  Sigma,
  SquareCode,
  Table,
  TextQuote,
  TriangleAlert,
} from 'lucide-react';
import { writeFormula } from '../formulas/formulas.ts';

/** Something that is put into the text, or that the block with the cursor becomes. */
export interface Insertion {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly shortcut?: string;
  /** Other words by which people look for it. */
  readonly words?: string;
  run(editor: Editor): void;
}

/** What has no button of its own in the toolbar. */
export const insertions: readonly Insertion[] = [
  {
    label: 'Callout',
    icon: Info,
    words: 'note box',
    run: editor => editor.commands.setCallout('note'),
  },
  {
    label: 'Collapsible section',
    icon: ChevronRight,
    words: 'toggle details fold',
    run: editor => editor.commands.setSection(),
  },
  { label: 'Formula', icon: Sigma, words: 'math latex equation', run: writeFormula },
  {
    label: 'Divider',
    icon: Minus,
    words: 'rule line',
    run: editor => editor.commands.setHorizontalRule(),
  },
  {
    label: 'Page break',
    icon: SeparatorHorizontal,
    shortcut: 'Mod+Enter',
    words: 'print new page',
    run: editor => editor.commands.insertPageBreak(),
  },
];

/** Everything, for who asks for it in the text. */
const everything: readonly Insertion[] = [
  { label: 'Text', icon: Pilcrow, words: 'paragraph', run: editor => editor.commands.setParagraph() },
  { label: 'Heading 1', icon: Heading1, words: 'title h1', run: editor => setHeading(editor, 1) },
  { label: 'Heading 2', icon: Heading2, words: 'h2', run: editor => setHeading(editor, 2) },
  { label: 'Heading 3', icon: Heading3, words: 'h3', run: editor => setHeading(editor, 3) },
  {
    label: 'Bulleted list',
    icon: List,
    words: 'points ul',
    run: editor => editor.commands.toggleBulletList(),
  },
  {
    label: 'Numbered list',
    icon: ListOrdered,
    words: 'ordered ol',
    run: editor => editor.commands.toggleOrderedList(),
  },
  {
    label: 'Task list',
    icon: ListTodo,
    words: 'todo checkbox',
    run: editor => editor.commands.toggleTaskList(),
  },
  { label: 'Quote', icon: TextQuote, run: editor => editor.commands.toggleBlockquote() },
  { label: 'Code block', icon: SquareCode, run: editor => editor.commands.toggleCodeBlock() },
  {
    label: 'Table',
    icon: Table,
    words: 'rows columns grid',
    run: editor => editor.commands.insertTable({ rows: 3, cols: 3, withHeaderRow: true }),
  },
  ...insertions,
  {
    label: 'Tip',
    icon: Lightbulb,
    words: 'callout hint',
    run: editor => editor.commands.setCallout('tip'),
  },
  {
    label: 'Warning',
    icon: TriangleAlert,
    words: 'callout danger attention',
    run: editor => editor.commands.setCallout('warning'),
  },
];

const setHeading = (editor: Editor, level: 1 | 2 | 3) => editor.commands.setHeading({ level });

/** What somebody may mean who has typed this much of it: those whose name begins with it first. */
export function insertionsFor(query: string): readonly Insertion[] {
  const wanted = query.trim().toLowerCase();
  const matching = everything.filter(({ label, words = '' }) =>
    ` ${label} ${words}`.toLowerCase().includes(` ${wanted}`),
  );
  const byName = ({ label }: Insertion) => (label.toLowerCase().startsWith(wanted) ? 0 : 1);
  return matching.sort((a, b) => byName(a) - byName(b));
}
