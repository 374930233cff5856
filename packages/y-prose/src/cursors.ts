import { type EditorState, Plugin, PluginKey, type Transaction } from 'prosemirror-state';
import { Decoration, type DecorationAttrs, DecorationSet, type EditorView } from 'prosemirror-view';
import type { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { fromRelativePosition, toRelativePosition } from './positions.ts';
import { isFromText } from './sync.ts';

/** What an awareness state says of a person. */
export type CursorUser = Readonly<Record<string, unknown>>;

export interface CursorOptions {
  /** Field of the awareness states that holds where the selection is; default `cursor`. */
  readonly field?: string;
  /** Field of the awareness states that says whose it is; default `user`. */
  readonly userField?: string;
  /** Makes the element that stands at somebody's cursor. Called again when that moves. */
  readonly cursorBuilder?: (user: CursorUser, client: number) => HTMLElement;
  /** The look of what somebody has selected; default: class `y-prose-selection`. */
  readonly selectionBuilder?: (user: CursorUser, client: number) => DecorationAttrs;
  /** Whose cursors are shown; default: all but one's own. */
  readonly filter?: (client: number, state: Readonly<Record<string, unknown>>) => boolean;
}

interface CursorState {
  readonly decorations: DecorationSet;
  /** Whose place is not in the text yet. */
  readonly missing: ReadonlySet<number>;
}

const yCursorsKey = new PluginKey<CursorState>('y-prose-cursors');

/**
 * Shows where others are and what they have selected, and tells them the same of this editor while it has the focus.
 * Positions are relative to the text, so that they hold whatever others do meanwhile. Stands behind `ySync`.
 */
export function yCursors(awareness: Awareness, options: CursorOptions = {}): Plugin<CursorState> {
  const cursors = new Cursors(awareness, options);
  return new Plugin<CursorState>({
    key: yCursorsKey,
    state: {
      init: (_, state) =>
        cursors.redrawn(state, { decorations: DecorationSet.empty, missing: new Set() }, all(awareness)),
      apply: (transaction, value, _, state) => cursors.apply(transaction, value, state),
    },
    props: { decorations: state => yCursorsKey.getState(state)?.decorations },
    view: view => cursors.follow(view),
  });
}

const all = (awareness: Awareness) => [...awareness.getStates().keys()];

interface AwarenessChange {
  readonly added: readonly number[];
  readonly updated: readonly number[];
  readonly removed: readonly number[];
}

class Cursors {
  readonly #awareness: Awareness;
  readonly #field: string;
  readonly #userField: string;
  readonly #options: CursorOptions;

  constructor(awareness: Awareness, options: CursorOptions) {
    this.#awareness = awareness;
    this.#field = options.field ?? 'cursor';
    this.#userField = options.userField ?? 'user';
    this.#options = options;
  }

  apply(transaction: Transaction, value: CursorState, state: EditorState): CursorState {
    const changed = transaction.getMeta(yCursorsKey) as readonly number[] | undefined;
    const mapped = transaction.docChanged
      ? { ...value, decorations: value.decorations.map(transaction.mapping, transaction.doc) }
      : value;
    if (changed !== undefined) return this.redrawn(state, mapped, changed);
    // What is told of a cursor can come before the text it stands in.
    if (isFromText(transaction) && value.missing.size > 0)
      return this.redrawn(state, mapped, [...value.missing]);
    return mapped;
  }

  redrawn(
    state: EditorState,
    { decorations, missing }: CursorState,
    clients: readonly number[],
  ): CursorState {
    const gone = new Set(clients);
    const left = new Set([...missing].filter(client => !gone.has(client)));
    const old = decorations.find(undefined, undefined, spec => gone.has(spec.client));
    const added: Decoration[] = [];
    for (const client of gone) {
      const made = this.#draw(state, client);
      if (made === null) left.add(client);
      else added.push(...made);
    }
    return { decorations: decorations.remove(old).add(state.doc, added), missing: left };
  }

  /** `null`: the text does not have the place yet. */
  #draw(state: EditorState, client: number): Decoration[] | null {
    const known = this.#awareness.getStates().get(client);
    const shown = this.#options.filter?.(client, known ?? {}) ?? client !== this.#awareness.clientID;
    const place = known?.[this.#field];
    if (!shown || known === undefined || typeof place !== 'object' || place === null) return [];
    const [anchor, head] = ['anchor', 'head'].map(end =>
      position(state, (place as Record<string, unknown>)[end]),
    );
    if (anchor == null || head == null) return null;
    const size = state.doc.content.size;
    const [from, to] = [Math.min(anchor, head, size), Math.min(Math.max(anchor, head), size)];
    const user = (known[this.#userField] ?? {}) as CursorUser;
    const build = this.#options.cursorBuilder ?? defaultCursor;
    const select = this.#options.selectionBuilder ?? (() => ({ class: 'y-prose-selection' }));
    const decorations = [
      Decoration.widget(Math.min(head, size), () => build(user, client), {
        client,
        key: `cursor ${client}`,
        side: 10,
      }),
    ];
    if (from < to) {
      const spec = { client, inclusiveStart: false, inclusiveEnd: true };
      decorations.push(Decoration.inline(from, to, select(user, client), spec));
    }
    return decorations;
  }

  /** Follows the awareness for a view, and tells it where the view's selection is. */
  follow(view: EditorView) {
    let isGone = false;
    const redraw = (clients: readonly number[]) => {
      if (clients.length === 0 || isGone) return;
      view.dispatch(view.state.tr.setMeta(yCursorsKey, clients).setMeta('addToHistory', false));
    };
    // While a view is being made it cannot be changed yet, and its state is not bound to the text.
    queueMicrotask(() => redraw([...(yCursorsKey.getState(view.state)?.missing ?? [])]));
    const listen = ({ added, updated, removed }: AwarenessChange) => {
      redraw([...added, ...updated, ...removed].filter(client => client !== this.#awareness.clientID));
    };
    const tell = () => this.#tell(view);
    this.#awareness.on('change', listen);
    view.dom.addEventListener('focusin', tell);
    view.dom.addEventListener('focusout', tell);
    return {
      update: (_: EditorView, earlier: EditorState) => {
        const { selection, doc } = view.state;
        if (!earlier.selection.eq(selection) || earlier.doc !== doc) tell();
      },
      destroy: () => {
        isGone = true;
        this.#awareness.off('change', listen);
        view.dom.removeEventListener('focusin', tell);
        view.dom.removeEventListener('focusout', tell);
      },
    };
  }

  #tell(view: EditorView): void {
    const state = this.#awareness.getLocalState();
    if (state === null) return;
    const { selection } = view.state;
    const relative = (at: number) => {
      const found = toRelativePosition(view.state, at);
      return found === null ? null : Y.relativePositionToJSON(found);
    };
    const place = view.hasFocus()
      ? { anchor: relative(selection.anchor), head: relative(selection.head) }
      : null;
    if (place !== null && (place.anchor === null || place.head === null)) return;
    // Nobody needs to hear again what has not changed.
    if (JSON.stringify(place) === JSON.stringify(state[this.#field] ?? null)) return;
    this.#awareness.setLocalStateField(this.#field, place);
  }
}

function position(state: EditorState, json: unknown): number | null {
  if (typeof json !== 'object' || json === null) return null;
  return fromRelativePosition(state, Y.createRelativePositionFromJSON(json));
}

function defaultCursor(user: CursorUser): HTMLElement {
  const cursor = document.createElement('span');
  cursor.className = 'y-prose-cursor';
  const name = document.createElement('span');
  name.textContent = String(user.name ?? '');
  // Word joiners: no line is broken between the cursor and the text it touches.
  cursor.append('\u2060', name, '\u2060');
  return cursor;
}
