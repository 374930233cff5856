import { Extension } from '@tiptap/core';
import { Plugin } from '@tiptap/pm/state';

/** What the key of an event is called while an input method composes. */
const COMPOSING_KEY_CODE = 229;

/**
 * A key counts where the cursor is on the screen. Browsers tell a moment after a click or an arrow key where the cursor is
 * now; who is quicker would split or join the paragraph where it was before.
 */
export const PromptCursor = Extension.create({
  name: 'promptCursor',
  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        handleDOMEvents: {
          keydown: (view, event) => {
            if (!view.composing && event.keyCode !== COMPOSING_KEY_CODE) {
              view.dom.ownerDocument.dispatchEvent(new Event('selectionchange'));
            }
            return false;
          },
        },
      },
    }),
  ],
});
