import { baseKeymap } from '@tiptap/pm/commands';
import { keymap } from '@tiptap/pm/keymap';
import { EditorState, type Plugin } from '@tiptap/pm/state';
import { EditorView } from '@tiptap/pm/view';
import { initProseMirrorDoc, ySyncPlugin, yUndoPlugin } from 'y-prosemirror';
import { type Contender, ROOT } from './contender.ts';
import { schema } from './document-schema.ts';

/** ProseMirror with y-prosemirror, as its documentation puts them together. */
export const plain: Contender = {
  open(ydoc, place) {
    const fragment = ydoc.getXmlFragment(ROOT);
    const { doc, mapping } = initProseMirrorDoc(fragment, schema);
    const plugins: Plugin[] = [ySyncPlugin(fragment, { mapping }), yUndoPlugin(), keymap(baseKeymap)];
    return new EditorView(place, { state: EditorState.create({ doc, plugins }) });
  },
};
