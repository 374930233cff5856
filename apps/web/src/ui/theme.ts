import { useSyncExternalStore } from 'react';

/** Light, dark, or as the system has it. */
export type Appearance = 'system' | 'light' | 'dark';

// public/theme.js reads the same key before the first paint.
const STORAGE_KEY = 'cahier:appearance';

const listeners = new Set<() => void>();

function current(): Appearance {
  const chosen = document.documentElement.dataset.appearance;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

function choose(appearance: Appearance): void {
  const { dataset } = document.documentElement;
  if (appearance === 'system') delete dataset.appearance;
  else dataset.appearance = appearance;
  try {
    if (appearance === 'system') localStorage.removeItem(STORAGE_KEY);
    else localStorage.setItem(STORAGE_KEY, appearance);
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
  paintBrowser();
  for (const listener of listeners) listener();
}

/** Gives the browser's own bars the colour of the desk. */
function paintBrowser(): void {
  const colour = getComputedStyle(document.documentElement).backgroundColor;
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
    meta.setAttribute('content', colour);
  }
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The chosen appearance, and how to choose another. Kept in this browser. */
export function useAppearance(): [Appearance, (appearance: Appearance) => void] {
  return [useSyncExternalStore(subscribe, current), choose];
}
