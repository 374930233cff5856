import { documentExtensions } from '@cahier/editor-schema';
import type { Person } from '@cahier/protocol';
import { Placeholder } from '@tiptap/extensions';
import { type Editor, EditorContent, useEditor } from '@tiptap/react';
import { useEffect } from 'react';
import type { Awareness } from 'y-protocols/awareness';
import type { Doc } from 'yjs';
import { ChangedPlaces } from '../meanwhile/changed-places.ts';
import { binding } from './binding.ts';
import { Clipboard } from './clipboard/clipboard.ts';
import { BelowCoveredTop } from './covered-top.ts';
import { EndOfText } from './end-of-text.ts';
import { Folding } from './folding.ts';
import { Formulas } from './formulas/formulas.ts';
import { AskingForBlocks } from './insertions/asking.ts';
import { AskingList } from './insertions/asking-list.tsx';
import { PromptCursor } from './prompt-cursor.ts';
import { UnsentMarks } from './unsent-marks.ts';
import './document-text.css';
import './unsent-marks.css';
import '../meanwhile/changed-places.css';

export interface DocumentEditorOptions {
  doc: Doc;
  awareness: Awareness;
  me: Person;
  /** Whether this person can type now. */
  editable: boolean;
}

const attributesFor = (editable: boolean) => ({
  class: 'document-text',
  role: 'textbox',
  'aria-multiline': 'true',
  'aria-label': 'Document text',
  // What cannot be typed into can still be reached, read and scrolled with the keyboard.
  ...(editable ? {} : { 'aria-readonly': 'true', tabindex: '0' }),
});

/** An editor bound to a document; a new one for each document and connection. */
export function useDocumentEditor({ doc, awareness, me, editable }: DocumentEditorOptions): Editor {
  const editor = useEditor(
    {
      extensions: [
        ...documentExtensions,
        Placeholder.configure({ placeholder: 'Write something, or type / to insert' }),
        EndOfText,
        BelowCoveredTop,
        Clipboard,
        Folding,
        ChangedPlaces,
        UnsentMarks,
        Formulas,
        PromptCursor,
        AskingForBlocks,
        ...binding({ doc, awareness, me }),
      ],
      editable,
      editorProps: { attributes: attributesFor(editable) },
      // document-text.css holds ProseMirror's rules: the page's policy allows no style elements.
      injectCSS: false,
      shouldRerenderOnTransaction: false,
    },
    [doc, awareness],
  );

  useEffect(() => {
    // A new connection brings a new editor; the one before it may come by here once more, without a view.
    if (editor.isDestroyed || editor.isEditable === editable) return;
    // Typing has stopped: the cursor that is still there would say otherwise.
    if (!editable) editor.view.dom.blur();
    editor.setOptions({ editable, editorProps: { attributes: attributesFor(editable) } });
  }, [editor, editable]);

  return editor;
}

/** The text itself. Ctrl or Cmd and a click follow a link. */
export function DocumentText({ editor }: { editor: Editor }) {
  return (
    <>
      <EditorContent
        editor={editor}
        onClick={event => {
          if (!(event.ctrlKey || event.metaKey) || !(event.target instanceof Element)) return;
          const link = event.target.closest('a[href]');
          if (editor.isEditable && link instanceof HTMLAnchorElement && link.href !== '') {
            event.preventDefault();
            window.open(link.href, '_blank', 'noopener,noreferrer');
          }
        }}
      />
      <AskingList editor={editor} />
    </>
  );
}
