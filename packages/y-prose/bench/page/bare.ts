import { baseKeymap } from '@tiptap/pm/commands';
import { keymap } from '@tiptap/pm/keymap';
import { EditorState } from '@tiptap/pm/state';
import { EditorView } from '@tiptap/pm/view';
import { readDocument } from '../../src/index.ts';
import { type Contender, ROOT } from './contender.ts';
import { schema } from './document-schema.ts';

/** ProseMirror that is not shared with anybody: what no binding can be faster than. It does not hear of remote edits. */
export const bare: Contender = {
  open(ydoc, place) {
    const doc = readDocument(ydoc.getText(ROOT), schema);
    return new EditorView(place, { state: EditorState.create({ doc, plugins: [keymap(baseKeymap)] }) });
  },
};
