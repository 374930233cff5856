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
