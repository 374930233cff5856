/**
 * Calls `listener` when the browser's page goes away, for good or into the back/forward cache. Outside browsers it
 * never does.
 *
 * @returns a function that stops listening
 */
export function onPageHide(listener: () => void): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  globalThis.addEventListener('pagehide', listener);
  return () => globalThis.removeEventListener('pagehide', listener);
}

/** Whether nobody sees the page. Outside browsers: never. */
export function isHidden(): boolean {
  return typeof document !== 'undefined' && document.visibilityState === 'hidden';
}

/**
 * Calls `listener` when the page comes into view, and when it goes out of it.
 *
 * @returns a function that stops listening
 */
export function onVisibilityChange(listener: () => void): () => void {
  if (typeof document === 'undefined') return () => {};
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}
