import { type DocumentSummary, MAX_TITLE_LENGTH } from '@cahier/protocol';
import { type SubmitEvent, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';

export interface RenameDialogProps {
  document: DocumentSummary;
  onRename: (title: string) => void;
  onClose: () => void;
}

/** Asks for another title. */
export function RenameDialog({ document, onRename, onClose }: RenameDialogProps) {
  const [title, setTitle] = useState(document.title);
  const input = useRef<HTMLInputElement>(null);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (title.trim() !== document.title) onRename(title.trim());
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title="Rename this document" initialFocus={input}>
      <form onSubmit={submit} className="flex flex-col gap-5">
        <TextField
          label="Title"
          name="title"
          ref={input}
          maxLength={MAX_TITLE_LENGTH}
          autoComplete="off"
          value={title}
          onValueChange={setTitle}
          onFocus={event => event.currentTarget.select()}
        />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary">
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
