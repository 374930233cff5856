import type { Editor } from '@tiptap/core';
import { ChevronDown } from 'lucide-react';
import { Menu, MenuChoice } from '../../../ui/menu.tsx';
import { ToolbarButton } from './toolbar-button.tsx';
import type { HeadingLevel, TextStyle } from './use-format.ts';

const styles = [
  { value: 'paragraph', label: <span className="font-serif text-base">Text</span> },
  { value: 'heading-1', label: <span className="font-semibold font-serif text-xl">Heading 1</span> },
  { value: 'heading-2', label: <span className="font-semibold font-serif text-lg">Heading 2</span> },
  { value: 'heading-3', label: <span className="font-semibold font-serif text-base">Heading 3</span> },
] as const;

const names = {
  paragraph: 'Text',
  'heading-1': 'Heading 1',
  'heading-2': 'Heading 2',
  'heading-3': 'Heading 3',
} as const satisfies Record<TextStyle, string>;

/** What the block with the cursor is: text or a heading. */
export function StyleMenu({ editor, style }: { editor: Editor; style: TextStyle }) {
  const apply = (chosen: TextStyle) => {
    const chain = editor.chain().focus();
    if (chosen === 'paragraph') chain.setParagraph().run();
    else chain.setHeading({ level: Number(chosen.slice(-1)) as HeadingLevel }).run();
  };
  return (
    <Menu
      align="start"
      returnFocusTo={() => editor.view.dom}
      trigger={
        <ToolbarButton label={`Text style: ${names[style]}`} wide>
          <span className="text-left sm:w-20">{names[style]}</span>
          <ChevronDown aria-hidden />
        </ToolbarButton>
      }
    >
      <MenuChoice label="Text style" value={style} onChange={apply} options={styles} />
    </Menu>
  );
}
