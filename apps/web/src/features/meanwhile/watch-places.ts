import type { EditorView } from '@tiptap/pm/view';
import { type Place, placesAction, placesOf } from './places.ts';

/** Looked at for so long, a change is no news any more. */
const SEEN_AFTER_MS = 12_000;
/** In this time changed-places.css lets the marks fade. */
const FADING_MS = 1_500;
const LOOK_EVERY_MS = 500;
/** What the toolbar covers is not looked at. */
const COVERED_PX = 100;

/**
 * Lets the marks of a place go once it has been on the screen for a while, unless somebody goes through the places. What
 * both sides changed stays until it is dismissed.
 */
export function watchPlaces(view: EditorView) {
  const seenMs = new Map<number, number>();
  let list: readonly Place[] = [];
  let timer: ReturnType<typeof setInterval> | undefined;

  const idsOf = (isMeant: (place: Place, ms: number) => boolean) =>
    new Set(list.filter(place => isMeant(place, seenMs.get(place.id) ?? 0)).map(({ id }) => id));

  const look = () => {
    if (document.visibilityState === 'hidden' || placesOf(view.state).isHeld) return;
    for (const id of placesOnScreen(view.dom)) seenMs.set(id, (seenMs.get(id) ?? 0) + LOOK_EVERY_MS);
    const fading = idsOf(({ byBoth, isFading }, ms) => !byBoth && !isFading && ms >= SEEN_AFTER_MS);
    const gone = idsOf(({ isFading }, ms) => isFading && ms >= SEEN_AFTER_MS + FADING_MS);
    if (fading.size > 0) view.dispatch(placesAction(view.state, { act: 'fade', ids: fading }));
    if (gone.size > 0) view.dispatch(placesAction(view.state, { act: 'drop', ids: gone }));
  };

  return {
    update() {
      const now = placesOf(view.state).list;
      if (now === list) return;
      if (list.length === 0) seenMs.clear();
      list = now;
      clearInterval(timer);
      timer = list.length === 0 ? undefined : setInterval(look, LOOK_EVERY_MS);
    },
    destroy: () => clearInterval(timer),
  };
}

/** The places of which something is in sight. */
function placesOnScreen(root: HTMLElement): Set<number> {
  const found = new Set<number>();
  for (const element of root.querySelectorAll<HTMLElement>('[data-place]')) {
    const { top, bottom } = element.getBoundingClientRect();
    if (bottom > COVERED_PX && top < window.innerHeight) found.add(Number(element.dataset.place));
  }
  return found;
}
