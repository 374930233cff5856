import type { Editor } from '@tiptap/core';
import { Table } from 'lucide-react';
import { Menu, MenuItem, MenuSeparator } from '../../../ui/menu.tsx';
import { ToolbarButton } from './toolbar-button.tsx';

/** Inserts a table; inside one, changes it. */
export function TableMenu({ editor, inTable }: { editor: Editor; inTable: boolean }) {
  if (!inTable) {
    return (
      <ToolbarButton
        label="Table"
        onClick={() => editor.chain().focus().insertTable({ rows: 3, cols: 3, withHeaderRow: true }).run()}
      >
        <Table aria-hidden />
      </ToolbarButton>
    );
  }
  return (
    <Menu
      align="start"
      returnFocusTo={() => editor.view.dom}
      trigger={
        <ToolbarButton label="Table" pressed>
          <Table aria-hidden />
        </ToolbarButton>
      }
    >
      <MenuItem onSelect={() => editor.chain().addRowBefore().run()}>Insert row above</MenuItem>
      <MenuItem onSelect={() => editor.chain().addRowAfter().run()}>Insert row below</MenuItem>
      <MenuItem onSelect={() => editor.chain().addColumnBefore().run()}>Insert column left</MenuItem>
      <MenuItem onSelect={() => editor.chain().addColumnAfter().run()}>Insert column right</MenuItem>
      <MenuSeparator />
      <MenuItem onSelect={() => editor.chain().toggleHeaderRow().run()}>Header row on or off</MenuItem>
      <MenuItem onSelect={() => editor.chain().toggleHeaderColumn().run()}>Header column on or off</MenuItem>
      {editor.can().mergeCells() && (
        <MenuItem onSelect={() => editor.chain().mergeCells().run()}>Merge the selected cells</MenuItem>
      )}
      {editor.can().splitCell() && (
        <MenuItem onSelect={() => editor.chain().splitCell().run()}>Split the cell</MenuItem>
      )}
      <MenuSeparator />
      <MenuItem onSelect={() => editor.chain().deleteRow().run()}>Delete row</MenuItem>
      <MenuItem onSelect={() => editor.chain().deleteColumn().run()}>Delete column</MenuItem>
      <MenuItem danger onSelect={() => editor.chain().deleteTable().run()}>
        Delete table
      </MenuItem>
    </Menu>
  );
}
