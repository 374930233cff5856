import { Toolbar } from '@base-ui/react/toolbar';
import type { Editor } from '@tiptap/core';
import { Link } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import { InsertMenu } from '../insertions/insert-menu.tsx';
import { CalloutMenu } from './callout-menu.tsx';
import { blocks, type Control, history, lists, marks, section } from './controls.ts';
import { StyleMenu } from './style-menu.tsx';
import { TableMenu } from './table-menu.tsx';
import { ToolbarButton } from './toolbar-button.tsx';
import { type Format, useFormat } from './use-format.ts';

export interface FormattingToolbarProps {
  editor: Editor;
  /** Asks for the link at the cursor. */
  onLink: () => void;
}

/** The formatting at hand. Arrow keys move along it, Escape goes back to the text. */
export function FormattingToolbar({ editor, onLink }: FormattingToolbarProps) {
  const format = useFormat(editor);
  const onKeyDown = (event: KeyboardEvent) => {
    // Menus that hang from the toolbar are its children to React, but not in the page.
    const inToolbar = event.target instanceof Node && event.currentTarget.contains(event.target);
    if (event.key === 'Escape' && inToolbar) editor.commands.focus();
  };
  return (
    <Toolbar.Root
      aria-label="Formatting"
      aria-keyshortcuts="Alt+F10"
      // On the way down: a tooltip keeps the key to itself when it closes.
      onKeyDownCapture={onKeyDown}
      className="toolbar-scroll flex items-center gap-0.5 overflow-x-auto px-1 py-1"
    >
      <Controls of={history} editor={editor} format={format} />
      <Divider />
      <StyleMenu editor={editor} style={format.style} />
      <Divider />
      <Controls of={marks} editor={editor} format={format} />
      <ToolbarButton label="Link" shortcut="Mod+K" pressed={format.link} onClick={onLink}>
        <Link aria-hidden />
      </ToolbarButton>
      <Divider />
      <Controls of={lists} editor={editor} format={format} />
      <Divider />
      <Controls of={blocks} editor={editor} format={format} />
      <TableMenu editor={editor} inTable={format.table} />
      <InsertMenu editor={editor} />
      {format.callout !== null && <CalloutMenu editor={editor} kind={format.callout} />}
      {format.section && <Controls of={[section]} editor={editor} format={format} />}
    </Toolbar.Root>
  );
}

function Controls({ of, editor, format }: { of: readonly Control[]; editor: Editor; format: Format }) {
  return of.map(({ label, shortcut, icon: Icon, run, pressed, disabled }) => (
    <ToolbarButton
      key={label}
      label={label}
      shortcut={shortcut}
      pressed={pressed?.(format)}
      disabled={disabled?.(format) ?? false}
      onClick={() => run(editor)}
    >
      <Icon aria-hidden />
    </ToolbarButton>
  ));
}

function Divider() {
  return <Toolbar.Separator className="mx-1 h-5 w-px shrink-0 bg-line" />;
}
