import { type Editor, Extension } from '@tiptap/core';
import { Plugin } from 'prosemirror-state';
import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import { type CursorOptions, yCursors } from './cursors.ts';
import { prepareDocument } from './prepared.ts';
import { ySync } from './sync.ts';
import { redo, type UndoOptions, undo, undoState, yUndo } from './undo.ts';

export interface CollaborativeOptions {
  /** What is edited; integrated into a `Y.Doc`. Required. */
  text: Y.Text | null;
  /** Where everybody is. Default: none, no cursors of others. */
  awareness: Awareness | null;
  /** How cursors of others look. */
  cursors: CursorOptions;
  undo: UndoOptions;
}

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    collaborative: {
      /** Takes back the last thing that was done in this editor. */
      undo: () => ReturnType;
      /** Does again what was taken back last. */
      redo: () => ReturnType;
    };
  }
}

/**
 * Writing together: `Collaborative.configure({ text, awareness })`. Takes the place of the `content` option, of the stock
 * Collaboration extensions and of `undoRedo`, which must be left out.
 */
export const Collaborative = Extension.create<CollaborativeOptions>({
  name: 'collaborative',
  priority: 1000,

  addOptions() {
    return { text: null, awareness: null, cursors: {}, undo: {} };
  },

  onBeforeCreate() {
    const { editor } = this;
    // The editor is made with the text's document: nothing is replaced, and nobody sees an empty page.
    editor.options.content = prepareDocument(textOf(this.options), editor.schema) as never;
  },

  addCommands() {
    return {
      undo:
        () =>
        ({ tr, state, dispatch }) => {
          // It dispatches by itself, through the text.
          tr.setMeta('preventDispatch', true);
          return dispatch ? undo(state, () => {}) : undoState(state).canUndo;
        },
      redo:
        () =>
        ({ tr, state, dispatch }) => {
          tr.setMeta('preventDispatch', true);
          return dispatch ? redo(state, () => {}) : undoState(state).canRedo;
        },
    };
  },

  addKeyboardShortcuts() {
    return {
      'Mod-z': () => this.editor.commands.undo(),
      'Mod-y': () => this.editor.commands.redo(),
      'Shift-Mod-z': () => this.editor.commands.redo(),
    };
  },

  addProseMirrorPlugins() {
    const { awareness, cursors, undo: undoOptions } = this.options;
    const plugins = [hiddenAtFirst(this.editor), ySync(textOf(this.options)), yUndo(undoOptions)];
    return awareness === null ? plugins : [...plugins, yCursors(awareness, cursors)];
  },
});

/**
 * Tiptap makes a view without plugins, gives them to it and then adds its style sheet. In the second step ProseMirror asks
 * the browser for the selection, which makes it lay out all of the document, in vain: unless that is hidden.
 */
function hiddenAtFirst(editor: Editor): Plugin {
  let release = () => {};
  if (!editor.isDestroyed) {
    const { dom } = editor.view;
    const { hidden } = dom;
    dom.hidden = true;
    release = () => {
      dom.hidden = hidden;
    };
  }
  return new Plugin({
    view: () => {
      release();
      release = () => {};
      return {};
    },
  });
}

function textOf({ text }: CollaborativeOptions): Y.Text {
  if (text === null) throw new RangeError('Collaborative needs a text: Collaborative.configure({ text })');
  return text;
}
