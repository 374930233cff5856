import { useEffect } from 'react';
import type { Awareness } from 'y-protocols/awareness';

/** Who has done nothing on the page for so long is shown as away from it. */
export const IDLE_AFTER_MS = 3 * 60_000;

/** What a person does who is there. */
const SIGNS_OF_LIFE = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart', 'focus'] as const;

/**
 * Tells, now and whenever it changes, whether the person at this page does nothing: no key, no pointer, or another tab in
 * front of it.
 *
 * @returns a function that ends that
 */
export function watchIdle(tell: (isIdle: boolean) => void, idleAfterMs = IDLE_AFTER_MS): () => void {
  let isIdle: boolean | undefined;
  let lastSignAt = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const set = (now: boolean) => {
    if (now === isIdle) return;
    isIdle = now;
    tell(now);
  };
  const look = () => {
    clearTimeout(timer);
    timer = undefined;
    const leftMs = lastSignAt + idleAfterMs - Date.now();
    const isHidden = document.visibilityState === 'hidden';
    set(isHidden || leftMs <= 0);
    if (!isHidden && leftMs > 0) timer = setTimeout(look, leftMs);
  };
  const onSign = () => {
    lastSignAt = Date.now();
    if (isIdle) look();
  };
  const onVisibility = () => {
    if (document.visibilityState === 'visible') lastSignAt = Date.now();
    look();
  };
  for (const name of SIGNS_OF_LIFE) window.addEventListener(name, onSign, { passive: true, capture: true });
  document.addEventListener('visibilitychange', onVisibility);
  look();
  return () => {
    clearTimeout(timer);
    for (const name of SIGNS_OF_LIFE) window.removeEventListener(name, onSign, { capture: true });
    document.removeEventListener('visibilitychange', onVisibility);
  };
}

/** Lets the others see whether the person here does nothing. */
export function useIdleShown(awareness: Awareness): void {
  useEffect(() => watchIdle(isIdle => awareness.setLocalStateField('idle', isIdle)), [awareness]);
}
