import type { Editor } from '@tiptap/core';
import {
  Bold,
  Code,
  Italic,
  List,
  ListCollapse,
  ListOrdered,
  ListTodo,
  type LucideIcon,
  Redo2,
  SquareCode,
  Strikethrough,
  TextQuote,
  Underline,
  Undo2,
} from 'lucide-react';
import type { Format } from './use-format.ts';

/** One button of the toolbar. */
export interface Control {
  readonly label: string;
  readonly shortcut?: string;
  readonly icon: LucideIcon;
  run(editor: Editor): void;
  /** Whether it is in force where the cursor is; absent: it is an action, not a state. */
  pressed?(format: Format): boolean;
  disabled?(format: Format): boolean;
}

export const history: readonly Control[] = [
  {
    label: 'Undo',
    shortcut: 'Mod+Z',
    icon: Undo2,
    run: editor => editor.chain().focus().undo().run(),
    disabled: format => !format.canUndo,
  },
  {
    label: 'Redo',
    shortcut: 'Mod+Shift+Z',
    icon: Redo2,
    run: editor => editor.chain().focus().redo().run(),
    disabled: format => !format.canRedo,
  },
];

export const marks: readonly Control[] = [
  {
    label: 'Bold',
    shortcut: 'Mod+B',
    icon: Bold,
    run: editor => editor.chain().focus().toggleBold().run(),
    pressed: format => format.bold,
  },
  {
    label: 'Italic',
    shortcut: 'Mod+I',
    icon: Italic,
    run: editor => editor.chain().focus().toggleItalic().run(),
    pressed: format => format.italic,
  },
  {
    label: 'Underline',
    shortcut: 'Mod+U',
    icon: Underline,
    run: editor => editor.chain().focus().toggleUnderline().run(),
    pressed: format => format.underline,
  },
  {
    label: 'Strikethrough',
    shortcut: 'Mod+Shift+S',
    icon: Strikethrough,
    run: editor => editor.chain().focus().toggleStrike().run(),
    pressed: format => format.strike,
  },
  {
    label: 'Code',
    shortcut: 'Mod+E',
    icon: Code,
    run: editor => editor.chain().focus().toggleCode().run(),
    pressed: format => format.code,
  },
];

export const lists: readonly Control[] = [
  {
    label: 'Bulleted list',
    shortcut: 'Mod+Shift+8',
    icon: List,
    run: editor => editor.chain().focus().toggleBulletList().run(),
    pressed: format => format.bulletList,
  },
  {
    label: 'Numbered list',
    shortcut: 'Mod+Shift+7',
    icon: ListOrdered,
    run: editor => editor.chain().focus().toggleOrderedList().run(),
    pressed: format => format.orderedList,
  },
  {
    label: 'Task list',
    shortcut: 'Mod+Shift+9',
    icon: ListTodo,
    run: editor => editor.chain().focus().toggleTaskList().run(),
    pressed: format => format.taskList,
  },
];

export const blocks: readonly Control[] = [
  {
    label: 'Quote',
    shortcut: 'Mod+Shift+B',
    icon: TextQuote,
    run: editor => editor.chain().focus().toggleBlockquote().run(),
    pressed: format => format.blockquote,
  },
  {
    label: 'Code block',
    shortcut: 'Mod+Alt+C',
    icon: SquareCode,
    run: editor => editor.chain().focus().toggleCodeBlock().run(),
    pressed: format => format.codeBlock,
  },
];

/** Offered inside a section only: what is pressed once more makes ordinary text of it. */
export const section: Control = {
  label: 'Section',
  icon: ListCollapse,
  run: editor => editor.chain().focus().unsetSection().run(),
  pressed: format => format.section,
};
