import type { DocumentSummary } from '@cahier/protocol';
import { Ellipsis, LogOut, PencilLine, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../ui/button.tsx';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { useUser } from '../session/session-guard.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { rights, titleOf } from './rights.ts';
import { useDocumentActions } from './use-document-actions.ts';

/** What I may do with a document of the list. */
export function DocumentMenu({ document }: { document: DocumentSummary }) {
  const user = useUser();
  const [renaming, setRenaming] = useState(false);
  const { rename, trash, leave } = useDocumentActions();
  const may = rights[document.role];
  return (
    <>
      <Menu
        trigger={
          <IconButton label={`Actions for ${titleOf(document)}`}>
            <Ellipsis aria-hidden className="size-5" />
          </IconButton>
        }
      >
        {may.write && (
          <MenuItem onSelect={() => setRenaming(true)}>
            <PencilLine aria-hidden />
            Rename
          </MenuItem>
        )}
        {may.write && <MenuSeparator />}
        {may.trash && (
          <MenuItem onSelect={() => trash.mutate(document)} danger>
            <Trash2 aria-hidden />
            Move to trash
          </MenuItem>
        )}
        {may.leave && (
          <MenuItem onSelect={() => leave.mutate({ document, userId: user.id })} danger>
            <LogOut aria-hidden />
            Leave
          </MenuItem>
        )}
      </Menu>
      {renaming && (
        <RenameDialog
          document={document}
          onRename={title => rename.mutate({ id: document.id, title })}
          onClose={() => setRenaming(false)}
        />
      )}
    </>
  );
}
