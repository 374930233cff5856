import { Extension } from '@tiptap/core';
import { Plugin, TextSelection } from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';

/**
 * A press on the empty paper below the text continues the text there, with a new paragraph where the last block takes
 * no text or holds something of its own (a table, a rule, a list). Until somebody presses there, nothing is written.
 */
export const EndOfText = Extension.create({
  name: 'endOfText',
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        handleDOMEvents: {
          mousedown: (view, event) => {
            if (!view.editable || event.target !== view.dom || !isBelowText(view, event.clientY))
              return false;
            event.preventDefault();
            continueText(view);
            return true;
          },
        },
      },
    }),
  ],
});

function isBelowText(view: EditorView, y: number): boolean {
  const last = view.dom.lastElementChild;
  return last !== null && y > last.getBoundingClientRect().bottom;
}

function continueText(view: EditorView): void {
  const { tr, doc, schema } = view.state;
  if (doc.lastChild?.type !== schema.nodes.paragraph) {
    const paragraph = schema.nodes.paragraph?.create();
    if (paragraph !== undefined) tr.insert(doc.content.size, paragraph);
  }
  view.dispatch(tr.setSelection(TextSelection.atEnd(tr.doc)).scrollIntoView());
  view.focus();
}
