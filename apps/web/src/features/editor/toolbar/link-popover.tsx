import { Popover } from '@base-ui/react/popover';
import { linkFromInput } from '@cahier/editor-schema';
import { type Editor, getMarkRange } from '@tiptap/core';
import { ExternalLink, Unlink } from 'lucide-react';
import { type SubmitEvent, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/field.tsx';
import { popupClass } from '../../../ui/menu.tsx';

export interface LinkPopoverProps {
  editor: Editor;
  open: boolean;
  onClose: () => void;
}

/** Makes, changes, opens and removes the link at the cursor; it hangs from the text it is about. */
export function LinkPopover({ editor, open, onClose }: LinkPopoverProps) {
  return (
    <Popover.Root
      open={open}
      onOpenChange={next => {
        if (!next) onClose();
      }}
    >
      <Popover.Portal>
        <Popover.Positioner
          anchor={() => ({ getBoundingClientRect: () => selectionRect(editor) })}
          side="bottom"
          align="start"
          sideOffset={8}
          collisionPadding={12}
          className="z-50"
        >
          <Popover.Popup
            finalFocus={() => editor.view.dom}
            aria-label="Link"
            className={`${popupClass} w-[min(24rem,calc(100vw-1.5rem))] p-4`}
          >
            <LinkForm editor={editor} onDone={onClose} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function LinkForm({ editor, onDone }: { editor: Editor; onDone: () => void }) {
  const [current] = useState(() => (editor.getAttributes('link').href as string | undefined) ?? '');
  const [input, setInput] = useState(current);
  const [refused, setRefused] = useState(false);

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const href = linkFromInput(input);
    if (href === null) return setRefused(true);
    setLink(editor, href);
    onDone();
  };

  const remove = () => {
    editor.chain().extendMarkRange('link').unsetLink().run();
    onDone();
  };

  return (
    <form onSubmit={submit} className="flex flex-col gap-3" noValidate>
      <TextField
        label="Link to"
        name="href"
        type="url"
        inputMode="url"
        autoComplete="off"
        placeholder="example.org/page"
        value={input}
        onValueChange={value => {
          setInput(value);
          setRefused(false);
        }}
        error={refused ? 'That is not the address of a web page or a mailbox.' : undefined}
      />
      <div className="flex items-center gap-1">
        <Button type="submit" variant="primary" className="mr-auto">
          {current === '' ? 'Add link' : 'Save'}
        </Button>
        {current !== '' && (
          <>
            <a
              href={current}
              target="_blank"
              rel="noopener noreferrer nofollow"
              className="inline-flex min-h-11 items-center gap-1.5 rounded-lg px-3 text-sm hover:bg-hover pointer-fine:min-h-9"
            >
              <ExternalLink aria-hidden className="size-4" />
              Open
            </a>
            <Button variant="danger" onClick={remove} className="px-3">
              <Unlink aria-hidden className="size-4" />
              Remove
            </Button>
          </>
        )}
      </div>
    </form>
  );
}

/** Links the selection, or the link the cursor is in; with neither, writes the address itself. */
function setLink(editor: Editor, href: string): void {
  const { selection, schema } = editor.state;
  const type = schema.marks.link;
  const inLink = type !== undefined && getMarkRange(selection.$from, type) !== undefined;
  if (selection.empty && !inLink) {
    editor
      .chain()
      .insertContent({
        type: 'text',
        text: href.replace(/^mailto:/, ''),
        marks: [{ type: 'link', attrs: { href } }],
      })
      .run();
  } else {
    editor.chain().extendMarkRange('link').setLink({ href }).run();
  }
}

function selectionRect(editor: Editor): DOMRect {
  const { from, to } = editor.state.selection;
  const [start, end] = [editor.view.coordsAtPos(from), editor.view.coordsAtPos(to)];
  return new DOMRect(start.left, start.top, Math.max(0, end.left - start.left), end.bottom - start.top);
}
