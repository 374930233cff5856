import type { Editor } from '@tiptap/core';
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Menu, MenuChoice } from '../../../ui/menu.tsx';
import { ToolbarButton } from './toolbar-button.tsx';
import { type HeadingLevel, headingLevels, type TextStyle } from './use-format.ts';

const looks: Readonly<Record<HeadingLevel, string>> = {
  1: 'font-semibold font-serif text-xl',
  2: 'font-semibold font-serif text-lg',
  3: 'font-semibold font-serif text-base',
  4: 'font-semibold font-serif text-sm',
  5: 'font-semibold font-serif text-sm text-soft',
  6: 'font-semibold font-serif text-sm text-soft italic',
};

const styles: readonly { value: TextStyle; label: ReactNode }[] = [
  { value: 'paragraph', label: <span className="font-serif text-base">Text</span> },
  ...headingLevels.map(level => ({
    value: `heading-${level}` as const,
    label: <span className={looks[level]}>{`Heading ${level}`}</span>,
  })),
];

const nameOf = (style: TextStyle) => (style === 'paragraph' ? 'Text' : `Heading ${style.slice(-1)}`);

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
        <ToolbarButton label={`Text style: ${nameOf(style)}`} wide>
          <span className="text-left sm:w-20">{nameOf(style)}</span>
          <ChevronDown aria-hidden />
        </ToolbarButton>
      }
    >
      <MenuChoice label="Text style" value={style} onChange={apply} options={styles} />
    </Menu>
  );
}
