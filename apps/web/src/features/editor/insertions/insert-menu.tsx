import type { Editor } from '@tiptap/core';
import { Plus } from 'lucide-react';
import { Menu, MenuItem } from '../../../ui/menu.tsx';
import { Shortcut } from '../../../ui/shortcut.tsx';
import { ToolbarButton } from '../toolbar/toolbar-button.tsx';
import { insertions } from './insertions.ts';

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
