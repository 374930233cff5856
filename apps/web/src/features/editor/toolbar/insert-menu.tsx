import type { Editor } from '@tiptap/core';
import { ChevronRight, Info, type LucideIcon, Minus, Plus, SeparatorHorizontal } from 'lucide-react';
import { Menu, MenuItem } from '../../../ui/menu.tsx';
import { Shortcut } from '../../../ui/shortcut.tsx';
import { ToolbarButton } from './toolbar-button.tsx';

interface Insertion {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly shortcut?: string;
  run(editor: Editor): void;
}

const insertions: readonly Insertion[] = [
  { label: 'Callout', icon: Info, run: editor => editor.commands.setCallout('note') },
  { label: 'Collapsible section', icon: ChevronRight, run: editor => editor.commands.setSection() },
  { label: 'Divider', icon: Minus, run: editor => editor.commands.setHorizontalRule() },
  {
    label: 'Page break',
    icon: SeparatorHorizontal,
    shortcut: 'Mod+Enter',
    run: editor => editor.commands.insertPageBreak(),
  },
];

/** What is put into the text once, or around the selected blocks. */
export function InsertMenu({ editor }: { editor: Editor }) {
  return (
    <Menu
      align="start"
      returnFocusTo={() => editor.view.dom}
      trigger={
        <ToolbarButton label="Insert">
          <Plus aria-hidden />
        </ToolbarButton>
      }
    >
      {insertions.map(({ label, icon: Icon, shortcut, run }) => (
        <MenuItem key={label} onSelect={() => run(editor)}>
          <Icon aria-hidden />
          <span className="flex-1">{label}</span>
          {shortcut !== undefined && <Shortcut keys={shortcut} />}
        </MenuItem>
      ))}
    </Menu>
  );
}
