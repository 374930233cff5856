import { type Command, type EditorState, Plugin, PluginKey, TextSelection } from 'prosemirror-state';
import * as Y from 'yjs';
import type { Binding } from './binding.ts';
import { disownFirstMarker } from './first-marker.ts';
import { absolutePosition } from './positions.ts';
import { type Session, sessionOf } from './sync.ts';

export interface UndoOptions {
  /** Edits that follow each other faster than this are undone together; in milliseconds, default 500. */
  readonly captureTimeout?: number;
}

const yUndoKey = new PluginKey<UndoHistory>('y-prose-undo');
const SELECTION = Symbol('selection');

/** Undo and redo of what was done in this editor, and nothing else. Stands behind `ySync`. */
export function yUndo({ captureTimeout = 500 }: UndoOptions = {}): Plugin<UndoHistory> {
  return new Plugin<UndoHistory>({
    key: yUndoKey,
    state: {
      init: (_, state) => {
        const session = sessionOf(state);
        if (session === null) throw new RangeError('yUndo must stand behind ySync');
        return new UndoHistory(session, captureTimeout);
      },
      apply: (_, value) => value,
    },
  });
}

/** What an editor can take back, from when it is bound to the text until it is released. */
class UndoHistory {
  readonly session: Session;
  readonly #captureTimeout: number;
  #manager: Y.UndoManager | null = null;

  constructor(session: Session, captureTimeout: number) {
    this.session = session;
    this.#captureTimeout = captureTimeout;
    session.attend(this);
    if (session.binding !== null) this.bound();
  }

  get manager(): Y.UndoManager | null {
    return this.#manager;
  }

  bound(): void {
    const { session } = this;
    if (this.#manager !== null) return;
    this.#manager = new Y.UndoManager(session.text as unknown as Y.Doc, {
      captureTimeout: this.#captureTimeout,
      trackedOrigins: new Set([session.origin]),
    });
    this.#manager.on('stack-item-added', ({ stackItem }) => {
      stackItem.meta.set(SELECTION, session.binding?.selectionBefore ?? null);
      disownFirstMarker(session.text, stackItem);
    });
    this.#manager.on('stack-item-updated', ({ stackItem }) => disownFirstMarker(session.text, stackItem));
  }

  released(): void {
    this.#manager?.destroy();
    this.#manager = null;
  }
}

/** Takes back the last thing that was done in this editor. */
export const undo: Command = (state, dispatch) => run(state, 'undo', dispatch !== undefined);

/** Does again what was taken back last. */
export const redo: Command = (state, dispatch) => run(state, 'redo', dispatch !== undefined);

/** Whether there is something to take back, and to do again. */
export function undoState(state: EditorState): { readonly canUndo: boolean; readonly canRedo: boolean } {
  const manager = yUndoKey.getState(state)?.manager;
  return { canUndo: manager?.canUndo() ?? false, canRedo: manager?.canRedo() ?? false };
}

/** From here on a new step of undo begins, however fast it follows. */
export function stopCapturing(state: EditorState): void {
  yUndoKey.getState(state)?.manager?.stopCapturing();
}

function run(state: EditorState, what: 'undo' | 'redo', isWanted: boolean): boolean {
  const history = yUndoKey.getState(state);
  const manager = history?.manager ?? null;
  const possible = manager !== null && (what === 'undo' ? manager.canUndo() : manager.canRedo());
  const binding = history?.session.binding;
  if (!possible || !binding || !isWanted) return possible;
  binding.noteSelection(binding.host.state);
  const item = what === 'undo' ? manager.undo() : manager.redo();
  // What somebody takes back they want to see, be it in a paragraph that waits for the end of a composition.
  binding.catchUp(true);
  const selection = item?.meta.get(SELECTION) as Binding['selectionBefore'] | undefined;
  if (selection) restore(binding, selection);
  return true;
}

function restore(binding: Binding, selection: NonNullable<Binding['selectionBefore']>): void {
  const anchor = absolutePosition(binding.live, selection.anchor);
  const head = absolutePosition(binding.live, selection.head);
  if (anchor === null || head === null) return;
  const { state } = binding.host;
  const { doc } = state;
  const within = (position: number) => doc.resolve(Math.min(Math.max(position, 0), doc.content.size));
  binding.host.dispatch(
    state.tr.setSelection(TextSelection.between(within(anchor), within(head))).scrollIntoView(),
  );
}
