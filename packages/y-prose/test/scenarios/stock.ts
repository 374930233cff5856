import {
  absolutePositionToRelativePosition,
  prosemirrorToYXmlFragment,
  redo,
  relativePositionToAbsolutePosition,
  undo,
  ySyncPlugin,
  ySyncPluginKey,
  yUndoPlugin,
} from '@tiptap/y-tiptap';
import { EditorState } from 'prosemirror-state';
import { tableEditing } from 'prosemirror-tables';
import { EditorView } from 'prosemirror-view';
import { schema } from '../schema.ts';
import type { Contender } from './contender.ts';

const ROOT = 'document';

/** What Tiptap brings for collaboration. It needs a page, if only one without a screen. */
export const stock: Contender = {
  name: '@tiptap/y-tiptap',
  seed(doc, content) {
    prosemirrorToYXmlFragment(content, doc.getXmlFragment(ROOT));
  },
  open(doc) {
    const view = new EditorView(document.createElement('div'), {
      state: EditorState.create({
        schema,
        plugins: [ySyncPlugin(doc.getXmlFragment(ROOT)), yUndoPlugin(), tableEditing()],
      }),
    });
    const { binding } = ySyncPluginKey.getState(view.state);
    return {
      get state() {
        return view.state;
      },
      dispatch: transaction => view.dispatch(transaction),
      undo: () => undo(view.state) === true,
      redo: () => redo(view.state) === true,
      toRelative: pos => absolutePositionToRelativePosition(pos, binding.type, binding.mapping),
      fromRelative: position =>
        relativePositionToAbsolutePosition(doc, binding.type, position, binding.mapping),
      close: () => view.destroy(),
    };
  },
};
