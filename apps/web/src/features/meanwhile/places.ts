import type { ChangedBlock } from '@cahier/y-prose';
import type { Node } from '@tiptap/pm/model';
import { type EditorState, PluginKey, type Transaction } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';

/** A block that others have changed in one's absence. */
export interface Place {
  readonly id: number;
  /** One has changed it oneself, too. */
  readonly byBoth: boolean;
  /** It has been looked at, and its marks are going. */
  readonly isFading: boolean;
}

/** All such blocks, and what marks them in the text. */
export interface Places {
  /** From top to bottom, as they were found; the same object until something about them changes. */
  readonly list: readonly Place[];
  readonly marks: DecorationSet;
  /** Somebody goes through them: none goes by itself. */
  readonly isHeld: boolean;
}

export type PlacesAction =
  /** Marks these instead of what is marked. */
  | { readonly act: 'mark'; readonly changes: readonly ChangedBlock[] }
  | { readonly act: 'hold' }
  | { readonly act: 'fade' | 'drop'; readonly ids: ReadonlySet<number> };

export const placesKey = new PluginKey<Places>('changed places');

export const NO_PLACES: Places = { list: [], marks: DecorationSet.empty, isHeld: false };

export function placesOf(state: EditorState): Places {
  return placesKey.getState(state) ?? NO_PLACES;
}

/** The transaction that does something about the places. */
export function placesAction(state: EditorState, action: PlacesAction): Transaction {
  return state.tr.setMeta(placesKey, action).setMeta('addToHistory', false);
}

/** Where a place is by now; null: nothing is left of it. */
export function rangeOf(state: EditorState, id: number): { from: number; to: number } | null {
  const marks = marksOf(placesOf(state), new Set([id]));
  if (marks.length === 0) return null;
  return {
    from: Math.min(...marks.map(({ from }) => from)),
    to: Math.max(...marks.map(({ to }) => to)),
  };
}

export function nextPlaces(places: Places, action: PlacesAction, doc: Node): Places {
  switch (action.act) {
    case 'mark': {
      const list = action.changes.map(({ byBoth }, id) => ({ id, byBoth, isFading: false }));
      const marks = action.changes.flatMap((change, id) => marksFor(change, list[id] as Place));
      return { list, marks: DecorationSet.create(doc, marks), isHeld: false };
    }
    case 'hold':
      return { ...places, isHeld: true };
    case 'drop': {
      const list = places.list.filter(({ id }) => !action.ids.has(id));
      return { ...places, list, marks: places.marks.remove(marksOf(places, action.ids)) };
    }
    case 'fade': {
      const list = places.list.map(place =>
        action.ids.has(place.id) ? { ...place, isFading: true } : place,
      );
      const before = marksOf(places, action.ids);
      const now = before.map(({ from, to, spec }) => {
        const { place, kind } = spec as Spec;
        return makeMark(kind, from, to, { ...place, isFading: true });
      });
      return { ...places, list, marks: places.marks.remove(before).add(doc, now) };
    }
  }
}

type Kind = 'block' | 'text' | 'gap';

/** What a mark says of itself. */
interface Spec {
  readonly place: Place;
  readonly kind: Kind;
}

function marksOf({ marks }: Places, ids: ReadonlySet<number>): Decoration[] {
  return marks.find(undefined, undefined, spec => ids.has((spec as Spec).place.id));
}

function marksFor({ from, to, inserted, deleted }: ChangedBlock, place: Place): Decoration[] {
  return [
    makeMark('block', from, to, place),
    ...inserted.map(range => makeMark('text', range.from, range.to, place)),
    ...deleted.map(position => makeMark('gap', position, position, place)),
  ];
}

function makeMark(kind: Kind, from: number, to: number, place: Place): Decoration {
  const spec: Spec = { place, kind };
  const fading = place.isFading ? ' fading' : '';
  const attributes = { 'data-place': String(place.id) };
  switch (kind) {
    case 'block':
      return Decoration.node(
        from,
        to,
        {
          ...attributes,
          class: `changed-place${place.byBoth ? ' by-both' : ''}${fading}`,
          'aria-description': `Changed by ${place.byBoth ? 'you and by ' : ''}others while you were away`,
        },
        spec,
      );
    case 'text':
      return Decoration.inline(from, to, { ...attributes, class: `changed-text${fading}` }, spec);
    case 'gap':
      return Decoration.widget(from, () => gap(place.id), { ...spec, side: -1, ignoreSelection: true });
  }
}

/** Stands where something was deleted. */
function gap(id: number): HTMLElement {
  const element = document.createElement('span');
  element.className = 'deleted-text';
  element.dataset.place = String(id);
  element.setAttribute('aria-hidden', 'true');
  return element;
}
