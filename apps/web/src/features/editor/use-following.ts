import { useEffect, useState } from 'react';
import type { Awareness } from 'y-protocols/awareness';
import { openSectionsAround } from './folding.ts';

/** What a person does who wants to look elsewhere. */
const TAKING_OVER = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const;

/** The cursor that `carets.ts` has drawn for a person; of several, the one that moved last. */
function caretOf(personId: string): Element | null {
  const cursor = `[data-cursor][data-person="${CSS.escape(personId)}"]`;
  return document.querySelector(`${cursor}[data-moving]`) ?? document.querySelector(cursor);
}

function lookAt(personId: string): void {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const caret = caretOf(personId);
  if (caret === null) return;
  openSectionsAround(caret);
  caret.scrollIntoView({ block: 'center', behavior: still ? 'auto' : 'smooth' });
}

/**
 * Keeps a person's cursor in view from the moment they are chosen until one takes over: scrolls, types or clicks.
 *
 * @returns who is followed, and a function that chooses somebody (or nobody)
 */
export function useFollowing(awareness: Awareness) {
  const [followed, follow] = useState<string | null>(null);

  useEffect(() => {
    if (followed === null) return;
    let frame = 0;
    const look = () => {
      cancelAnimationFrame(frame);
      // The cursor is drawn after it has moved.
      frame = requestAnimationFrame(() => lookAt(followed));
    };
    const takeOver = () => follow(null);
    look();
    awareness.on('change', look);
    awareness.doc.on('afterTransaction', look);
    for (const name of TAKING_OVER) window.addEventListener(name, takeOver, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      awareness.off('change', look);
      awareness.doc.off('afterTransaction', look);
      for (const name of TAKING_OVER) window.removeEventListener(name, takeOver);
    };
  }, [awareness, followed]);

  return [followed, follow] as const;
}
