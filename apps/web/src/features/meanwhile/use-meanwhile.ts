import type { Person } from '@cahier/protocol';
import type { Absence, Provider } from '@cahier/y-mercure';
import { changesSince } from '@cahier/y-prose';
import type { Editor } from '@tiptap/core';
import { TextSelection } from '@tiptap/pm/state';
import { useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';
import { accountOf } from '../../realtime/account.ts';
import { toast } from '../../ui/toasts.tsx';
import { type Place, placesAction, placesOf, rangeOf } from './places.ts';
import { placeText, type Summary, summaryText } from './summary-text.ts';

/** While an input method composes, the editor does not show everything yet. */
const TRY_AGAIN_MS = 500;

export interface Meanwhile {
  /** What others did, in words; null: there is nothing to show (any more). */
  readonly summary: string | null;
  /** What was stepped to last, in words. */
  readonly stepped: string;
  /** Whether something was changed by both sides. */
  readonly byBoth: boolean;
  /** Goes to the next place that changed, or the one before: first to those that both sides changed. */
  step(direction: 1 | -1): void;
  dismiss(): void;
}

/** After an absence, marks in the text what others have changed, and tells about it. */
export function useMeanwhile(provider: Provider, editor: Editor, me: Person): Meanwhile {
  const places = usePlaces(editor);
  const [summary, setSummary] = useState<Summary | null>(null);
  const [stepped, setStepped] = useState<{ id: number; text: string } | null>(null);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const show = (absence: Absence) => {
      clearTimeout(timer);
      if (isOver || editor.isDestroyed) return;
      const changes = changesSince(editor.state, absence);
      if (changes === null) {
        timer = setTimeout(() => show(absence), TRY_AGAIN_MS);
        return;
      }
      if (changes.length === 0) {
        toast('Others have changed this document while you were away.');
        return;
      }
      editor.view.dispatch(placesAction(editor.state, { act: 'mark', changes }));
      setStepped(null);
      const counts = {
        places: changes.length,
        byBoth: changes.filter(({ byBoth }) => byBoth).length,
      };
      const tell = (authors: Summary['authors']) => !isOver && setSummary({ ...counts, authors });
      const { documentId } = provider;
      accountOf(me.id)
        .api.listAuthors({ params: { documentId }, query: { after: absence.seq } })
        .then(
          ({ authors }) => tell(authors.map(({ person }) => person)),
          // Who it was is not worth an error.
          () => tell(undefined),
        );
    };
    if (provider.missed !== null) show(provider.missed);
    const stop = provider.on('changedMeanwhile', show);
    return () => {
      isOver = true;
      clearTimeout(timer);
      stop();
    };
  }, [provider, editor, me.id]);

  const step = (direction: 1 | -1) => {
    const next = nextPlace(places, stepped?.id, direction);
    const range = next && rangeOf(editor.state, next.id);
    if (next === undefined || !range) return;
    editor.view.dispatch(placesAction(editor.state, { act: 'hold' }));
    lookAt(editor, range.from);
    const words = editor.state.doc.textBetween(range.from, range.to, ' ').trim();
    setStepped({ id: next.id, text: placeText(places.indexOf(next), places.length, next.byBoth, words) });
  };
  const dismiss = () => {
    const ids = new Set(places.map(({ id }) => id));
    editor.view.dispatch(placesAction(editor.state, { act: 'drop', ids }));
    setSummary(null);
  };

  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'F8' || event.ctrlKey || event.metaKey || event.altKey || places.length === 0) return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);

  const isShown = summary !== null && places.length > 0;
  return {
    summary: isShown ? summaryText(summary, me) : null,
    stepped: isShown ? (stepped?.text ?? '') : '',
    byBoth: places.some(({ byBoth }) => byBoth),
    step,
    dismiss,
  };
}

function usePlaces(editor: Editor): readonly Place[] {
  return useSyncExternalStore(
    listener => {
      editor.on('transaction', listener);
      return () => editor.off('transaction', listener);
    },
    () => placesOf(editor.state).list,
  );
}

/** From top to bottom and round again; the first step leads to what both sides changed, if there is such a place. */
function nextPlace(
  places: readonly Place[],
  current: number | undefined,
  direction: 1 | -1,
): Place | undefined {
  const at = places.findIndex(({ id }) => id === current);
  if (at >= 0) return places.at((at + direction) % places.length);
  return places.find(({ byBoth }) => byBoth) ?? places.at(direction === 1 ? 0 : -1);
}

/** Puts the cursor there, where there is one, and scrolls to it. */
function lookAt(editor: Editor, position: number): void {
  const { state, view } = editor;
  view.dispatch(state.tr.setSelection(TextSelection.near(state.doc.resolve(position), 1)));
  if (editor.isEditable) view.focus();
  const { node } = view.domAtPos(state.doc.resolve(position).pos + 1);
  const element = node instanceof Element ? node : node.parentElement;
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  element?.scrollIntoView({ block: 'center', behavior: still ? 'auto' : 'smooth' });
}
