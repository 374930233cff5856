import { Extension } from '@tiptap/core';
import { type EditorState, Plugin, PluginKey, type Transaction } from '@tiptap/pm/state';
import { type Insertion, insertionsFor } from './insertions.ts';

/** What somebody is asking for by typing `/` and its name. */
export interface Asking {
  /** Where the `/` is. */
  readonly from: number;
  readonly found: readonly Insertion[];
  /** Which of them is chosen by Enter. */
  readonly chosen: number;
}

type Meta = { readonly open: number } | { readonly choose: number } | 'close';

interface AskingState {
  readonly from: number;
  readonly query: string;
  readonly asking: Asking | null;
}

const askingKey = new PluginKey<AskingState | null>('asking');

/** What is being asked for; `null`: nothing, or nothing that there is. */
export const askingIn = (state: EditorState): Asking | null => askingKey.getState(state)?.asking ?? null;

/** The element that shows what is found, and its options: what a screen reader is led to. */
export const LIST_ID = 'asking';
export const optionId = (index: number) => `${LIST_ID}-${index}`;

/** Typing `/` at the start of a block or after a space asks for something to insert. */
export const AskingForBlocks = Extension.create({
  name: 'asking',
  // Before what Enter, Tab and the arrows mean elsewhere.
  priority: 1100,
  addCommands() {
    return {
      insertAskedFor:
        index =>
        ({ state, tr, dispatch }) => {
          const asking = askingIn(state);
          const insertion = asking?.found[index];
          if (asking === null || insertion === undefined) return false;
          if (dispatch) {
            tr.delete(asking.from, state.selection.head).setMeta(askingKey, 'close' satisfies Meta);
            // When the words that asked for it are gone.
            queueMicrotask(() => {
              insertion.run(this.editor);
              this.editor.view.focus();
            });
          }
          return true;
        },
      stopAsking:
        () =>
        ({ state, tr, dispatch }) => {
          if (askingKey.getState(state) == null) return false;
          if (dispatch) tr.setMeta(askingKey, 'close' satisfies Meta);
          return true;
        },
    };
  },
  addKeyboardShortcuts() {
    const move = (by: number) => {
      const asking = askingIn(this.editor.state);
      if (asking === null) return false;
      const count = asking.found.length;
      const choose = (asking.chosen + by + count) % count;
      this.editor.view.dispatch(this.editor.state.tr.setMeta(askingKey, { choose } satisfies Meta));
      return true;
    };
    const insert = () => {
      const asking = askingIn(this.editor.state);
      return asking !== null && this.editor.commands.insertAskedFor(asking.chosen);
    };
    return {
      ArrowDown: () => move(1),
      ArrowUp: () => move(-1),
      Enter: insert,
      Tab: insert,
      Escape: () => this.editor.commands.stopAsking(),
    };
  },
  addProseMirrorPlugins: () => [
    new Plugin<AskingState | null>({
      key: askingKey,
      state: { init: () => null, apply: (transaction, before) => next(before, transaction) },
      props: {
        handleTextInput: (view, from, to, text) => {
          const { doc, tr } = view.state;
          const $from = doc.resolve(from);
          const before = $from.parent.textBetween(0, $from.parentOffset, undefined, '\ufffc').at(-1);
          if (text === '/' && from === to && !$from.parent.type.spec.code && (before ?? ' ') === ' ') {
            view.dispatch(tr.setMeta(askingKey, { open: from } satisfies Meta));
          }
          return false;
        },
        handleDOMEvents: {
          blur: view => {
            if (askingKey.getState(view.state) !== null) {
              view.dispatch(view.state.tr.setMeta(askingKey, 'close' satisfies Meta));
            }
            return false;
          },
        },
        attributes: state => {
          const asking = askingIn(state);
          return asking === null
            ? {}
            : {
                'aria-autocomplete': 'list',
                'aria-controls': LIST_ID,
                'aria-activedescendant': optionId(asking.chosen),
              };
        },
      },
    }),
  ],
});

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    asking: {
      /** Puts what was found into the place of the words that asked for it. */
      insertAskedFor: (index: number) => ReturnType;
      /** Leaves what was typed as ordinary text. */
      stopAsking: () => ReturnType;
    };
  }
}

function next(before: AskingState | null, transaction: Transaction): AskingState | null {
  const meta = transaction.getMeta(askingKey) as Meta | undefined;
  if (meta === 'close') return null;
  if (meta !== undefined && 'open' in meta) return { from: meta.open, query: '', asking: null };
  if (before === null) return null;
  if (meta !== undefined && before.asking !== null) {
    return { ...before, asking: { ...before.asking, chosen: meta.choose } };
  }
  // Between the key and the `/` in the text.
  if (before.asking === null && !transaction.docChanged) return before;
  const from = transaction.mapping.map(before.from, -1);
  const query = queryAt(transaction, from);
  if (query === null) return null;
  if (query === before.query && before.asking !== null) {
    return { ...before, from, asking: { ...before.asking, from } };
  }
  const found = insertionsFor(query);
  return found.length === 0 ? null : { from, query, asking: { from, found, chosen: 0 } };
}

/** What was typed behind the `/`; `null`: the cursor is elsewhere, or the `/` is gone. */
function queryAt({ doc, selection }: Transaction, from: number): string | null {
  const { $head, empty } = selection;
  const isBehind = empty && $head.parent.isTextblock && from >= $head.start() && from < $head.pos;
  if (!isBehind) return null;
  const text = doc.textBetween(from, $head.pos, undefined, '\ufffc');
  return text.startsWith('/') ? text.slice(1) : null;
}
