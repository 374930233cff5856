import { type CalloutKind, calloutKinds, calloutNames } from '@cahier/editor-schema';
import type { Editor } from '@tiptap/core';
import { Info } from 'lucide-react';
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../../../ui/menu.tsx';
import { ToolbarButton } from './toolbar-button.tsx';

const kinds = calloutKinds.map(value => ({ value, label: calloutNames[value] }));

/** Inside a callout: what it is for. */
export function CalloutMenu({ editor, kind }: { editor: Editor; kind: CalloutKind }) {
  return (
    <Menu
      align="start"
      returnFocusTo={() => editor.view.dom}
      trigger={
        <ToolbarButton label={`Callout: ${calloutNames[kind]}`} pressed>
          <Info aria-hidden />
        </ToolbarButton>
      }
    >
      <MenuChoice
        label="Callout"
        value={kind}
        onChange={chosen => editor.commands.setCallout(chosen)}
        options={kinds}
      />
      <MenuSeparator />
      <MenuItem onSelect={() => editor.commands.unsetCallout()}>Make it ordinary text</MenuItem>
    </Menu>
  );
}
