import type { Schema } from 'prosemirror-model';
import { EditorState, type Plugin, type Transaction } from 'prosemirror-state';
import type * as Y from 'yjs';
import { prepareDocument } from './prepared.ts';
import { type Session, sessionOf, ySync } from './sync.ts';

/** An editor without a view: for programs and tests. */
export interface BoundState {
  /** The present state; another one after every change, also of the text. */
  readonly state: EditorState;
  /** Applies a transaction and writes what it changes into the text. */
  dispatch(transaction: Transaction): void;
  /** Stops following the text. */
  destroy(): void;
}

export interface BindStateOptions {
  /** Of the document; either this or `state`. */
  readonly schema?: Schema;
  /** A state to begin with; its document gives way to what the text shows. */
  readonly state?: EditorState;
  /** Added to the state. `ySync` is added by itself. */
  readonly plugins?: readonly Plugin[];
}

/**
 * Binds an editor state to a text, in Node as in browsers. Views of plugins are not made.
 *
 * @throws RangeError when there is neither schema nor state
 */
export function bindState(text: Y.Text, { schema, state, plugins = [] }: BindStateOptions): BoundState {
  const used = schema ?? state?.schema;
  if (used === undefined) throw new RangeError('bindState needs a schema or a state');
  let current = EditorState.create({
    doc: prepareDocument(text, used),
    plugins: [ySync(text), ...(state?.plugins ?? []), ...plugins],
  });
  const editor = {
    get state() {
      return current;
    },
    dispatch(transaction: Transaction) {
      const earlier = current;
      current = current.apply(transaction);
      session.binding?.write(earlier);
    },
    update(state: EditorState) {
      current = state;
    },
    composingAt: () => null,
  };
  const session = sessionOf(current) as Session;
  session.bind(editor).begin();
  return {
    get state() {
      return current;
    },
    dispatch: transaction => editor.dispatch(transaction),
    destroy: () => session.release(editor),
  };
}
