import type { Editor } from '@tiptap/core';
import { useEditorState } from '@tiptap/react';
import clsx from 'clsx';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { popupClass } from '../../../ui/menu.tsx';
import { type Asking, askingIn, LIST_ID, optionId } from './asking.ts';

const GAP_PX = 6;

/** Shows what somebody may be asking for. The cursor stays in the text: what is typed narrows the list. */
export function AskingList({ editor }: { editor: Editor }) {
  const asking = useEditorState({ editor, selector: ({ editor }) => askingIn(editor.state) });
  return asking === null ? null : createPortal(<List editor={editor} asking={asking} />, document.body);
}

function List({ editor, asking }: { editor: Editor; asking: Asking }) {
  const place = usePlaceAt(editor, asking.from);
  const chosen = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is chosen
  useEffect(() => {
    chosen.current?.scrollIntoView({ block: 'nearest' });
  }, [asking]);
  return (
    <div
      id={LIST_ID}
      role="listbox"
      aria-label="Insert"
      tabIndex={-1}
      // A press leaves the cursor in the text.
      onMouseDown={event => event.preventDefault()}
      className={clsx(popupClass, 'fixed max-h-72 w-60 overflow-y-auto')}
      style={place}
    >
      {asking.found.map(({ label, icon: Icon }, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are pressed in the text, which names the chosen option
        <div
          key={label}
          id={optionId(index)}
          ref={index === asking.chosen ? chosen : null}
          role="option"
          tabIndex={-1}
          aria-selected={index === asking.chosen}
          onClick={() => editor.commands.insertAskedFor(index)}
          className="flex min-h-11 cursor-default items-center gap-2.5 rounded-lg px-3 text-sm hover:bg-hover aria-selected:bg-hover pointer-fine:min-h-9"
        >
          <Icon aria-hidden className="size-4 text-soft" />
          {label}
        </div>
      ))}
    </div>
  );
}

/** Below a place in the text, or above it where there is more room; it moves with the text. */
function usePlaceAt(editor: Editor, position: number): React.CSSProperties {
  const [place, setPlace] = useState<React.CSSProperties>({ visibility: 'hidden' });
  useLayoutEffect(() => {
    const move = () => {
      const { left, top, bottom } = editor.view.coordsAtPos(position);
      const { innerHeight, innerWidth } = window;
      const width = 240;
      setPlace({
        left: Math.max(8, Math.min(left, innerWidth - width - 8)),
        ...(bottom < innerHeight * 0.6 ? { top: bottom + GAP_PX } : { bottom: innerHeight - top + GAP_PX }),
      });
    };
    move();
    window.addEventListener('scroll', move, { passive: true });
    window.addEventListener('resize', move);
    return () => {
      window.removeEventListener('scroll', move);
      window.removeEventListener('resize', move);
    };
  }, [editor, position]);
  return place;
}
