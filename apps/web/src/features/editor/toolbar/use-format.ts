import type { CalloutKind } from '@cahier/editor-schema';
import { undoState } from '@cahier/y-prose';
import type { Editor } from '@tiptap/core';
import { useEditorState } from '@tiptap/react';

export const headingLevels = [1, 2, 3, 4, 5, 6] as const;
export type HeadingLevel = (typeof headingLevels)[number];
export type TextStyle = 'paragraph' | `heading-${HeadingLevel}`;

/** What the toolbar shows of the place where the cursor is. */
export function useFormat(editor: Editor) {
  return useEditorState({
    editor,
    selector: ({ editor }) => ({
      ...undoState(editor.state),
      style: textStyle(editor),
      bold: editor.isActive('bold'),
      italic: editor.isActive('italic'),
      underline: editor.isActive('underline'),
      strike: editor.isActive('strike'),
      code: editor.isActive('code'),
      link: editor.isActive('link'),
      bulletList: editor.isActive('bulletList'),
      orderedList: editor.isActive('orderedList'),
      taskList: editor.isActive('taskList'),
      blockquote: editor.isActive('blockquote'),
      codeBlock: editor.isActive('codeBlock'),
      table: editor.isActive('table'),
      callout: editor.isActive('callout') ? (editor.getAttributes('callout').kind as CalloutKind) : null,
      section: editor.isActive('section'),
    }),
  });
}

export type Format = ReturnType<typeof useFormat>;

function textStyle(editor: Editor): TextStyle {
  const level = headingLevels.find(candidate => editor.isActive('heading', { level: candidate }));
  return level === undefined ? 'paragraph' : `heading-${level}`;
}
