import { type EditorState, Plugin, PluginKey, type Transaction } from 'prosemirror-state';
import type { StepMap } from 'prosemirror-transform';
import type { EditorView } from 'prosemirror-view';
import type * as Y from 'yjs';
import { Binding, type Host } from './binding.ts';

/** Something that lives as long as a session has an editor. */
export interface Attendant {
  bound(): void;
  released(): void;
}

type Editor = Pick<Host, 'state' | 'dispatch' | 'update' | 'composingAt'>;

/** What belongs to one editor on a text. */
export class Session {
  readonly text: Y.Text;
  /** The origin of every Yjs transaction that this editor makes. */
  readonly origin: object = { editor: 'y-prose' };
  #binding: Binding | null = null;
  #editor: Editor | null = null;
  #synced: Link | null = null;
  readonly #attendants = new Set<Attendant>();

  constructor(text: Y.Text) {
    if (text.doc === null) throw new RangeError('The text belongs to no Y.Doc');
    this.text = text;
  }

  /** `null`: no editor is there, not yet or not any more. */
  get binding(): Binding | null {
    return this.#binding;
  }

  /** Keeps an editor and the text the same from now on. */
  bind(editor: Editor): Binding {
    const isSame = this.#binding?.shows(editor.state.doc) ?? false;
    this.#editor = editor;
    if (isSame) return this.#binding as Binding;
    this.#binding?.destroy();
    this.#synced = linkOf(editor.state);
    const session = this;
    const host: Host = {
      get state() {
        return (session.#editor as Editor).state;
      },
      dispatch: transaction => (session.#editor as Editor).dispatch(transaction),
      update: state => (session.#editor as Editor).update(state),
      composingAt: () => (session.#editor as Editor).composingAt(),
      mark: transaction =>
        transaction
          .setMeta(ySyncKey, FROM_TEXT)
          // By these Tiptap knows that it is not to act on what others do: they have it done themselves.
          .setMeta('y-sync$', { isChangeOrigin: true })
          .setMeta('preventAutolink', true),
      takeMaps: () => this.#takeMaps(linkOf(host.state)),
    };
    this.#binding = new Binding(this.text, host, this.origin);
    for (const attendant of this.#attendants) attendant.bound();
    return this.#binding;
  }

  /** Ends what {@link bind} began, unless it was bound to another editor meanwhile. */
  release(editor: Editor): void {
    if (this.#editor !== editor) return;
    this.#binding?.destroy();
    this.#binding = null;
    this.#editor = null;
    for (const attendant of this.#attendants) attendant.released();
  }

  attend(attendant: Attendant): void {
    this.#attendants.add(attendant);
  }

  #takeMaps(latest: Link | null): readonly StepMap[] | null {
    const maps: StepMap[][] = [];
    let link = latest;
    while (link !== null && link !== this.#synced && !link.isFromText) {
      maps.unshift([...link.maps]);
      link = link.earlier;
    }
    this.#synced = latest;
    if (latest !== null) latest.earlier = null;
    return link === null ? null : maps.flat();
  }
}

/** By when ProseMirror has taken up what was composed: it waits 20 ms. */
const COMPOSITION_READ_MS = 50;

const FROM_TEXT = 'from text';

/** The steps of one transaction, and the transaction before it. */
interface Link {
  earlier: Link | null;
  readonly maps: readonly StepMap[];
  readonly isFromText: boolean;
}

interface SyncState {
  readonly session: Session;
  readonly link: Link;
}

export const ySyncKey = new PluginKey<SyncState>('y-prose');

const linkOf = (state: EditorState) => ySyncKey.getState(state)?.link ?? null;

/** The session of the editor that a state belongs to. */
export function sessionOf(state: EditorState): Session | null {
  return ySyncKey.getState(state)?.session ?? null;
}

/** Whether a transaction shows what has changed in the text, rather than what is done in this editor. */
export function isFromText(transaction: Transaction): boolean {
  return transaction.getMeta(ySyncKey) === FROM_TEXT;
}

/**
 * Keeps an editor's document and a text the same, both ways.
 *
 * The state's document should be what `readDocument` makes of the text: an editor that shows something else is changed
 * when its view is made. One plugin belongs to one editor.
 *
 * @param text - integrated into a `Y.Doc`
 * @throws RangeError when it is not
 */
export function ySync(text: Y.Text): Plugin<SyncState> {
  const session = new Session(text);
  return new Plugin<SyncState>({
    key: ySyncKey,
    state: {
      init: () => ({ session, link: { earlier: null, maps: [], isFromText: false } }),
      apply: (transaction, value) =>
        transaction.docChanged ? { session, link: linkFor(transaction, value.link) } : value,
    },
    view: view => bindView(session, view),
    props: {
      handleDOMEvents: {
        compositionend: () => {
          // The editor reads what was composed only after this event.
          setTimeout(() => session.binding?.catchUp(), COMPOSITION_READ_MS);
        },
      },
    },
  });
}

function linkFor(transaction: Transaction, earlier: Link): Link {
  const fromText = isFromText(transaction);
  return { earlier: fromText ? null : earlier, maps: transaction.mapping.maps, isFromText: fromText };
}

function bindView(session: Session, view: EditorView) {
  // Views of plugins are made again whenever a plugin is added: what was bound stays bound.
  const editor: Editor = {
    get state() {
      return view.state;
    },
    dispatch: transaction => {
      if (!view.isDestroyed) view.dispatch(transaction);
    },
    update: state => {
      if (!view.isDestroyed) view.updateState(state);
    },
    composingAt: () => (view.composing ? view.state.selection.$from.pos : null),
  };
  const binding = session.bind(editor);
  // While a view is being made it cannot be changed yet.
  queueMicrotask(() => {
    if (session.binding === binding) binding.begin();
  });
  return {
    update: (_: EditorView, earlier: EditorState) => binding.write(earlier),
    destroy: () => queueMicrotask(() => session.release(editor)),
  };
}
