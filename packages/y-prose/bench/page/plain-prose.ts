import { baseKeymap } from '@tiptap/pm/commands';
import { keymap } from '@tiptap/pm/keymap';
import { EditorState } from '@tiptap/pm/state';
import { EditorView } from '@tiptap/pm/view';
import { prepareDocument, ySync, yUndo } from '../../src/index.ts';
import { type Contender, ROOT } from './contender.ts';
import { schema } from './document-schema.ts';

/** ProseMirror with the binding of this package. */
export const plainProse: Contender = {
  open(ydoc, place) {
    const text = ydoc.getText(ROOT);
    const doc = prepareDocument(text, schema);
    const plugins = [ySync(text), yUndo(), keymap(baseKeymap)];
    return new EditorView(place, { state: EditorState.create({ doc, plugins }) });
  },
};
