/**
 * Calls `listener` whenever a browser gives reason to believe that the network works again: it came back, the tab
 * became visible, or the page returned from the back/forward cache. Outside browsers it never does.
 *
 * @returns a function that stops listening
 */
export function onWake(listener: () => void): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  const page = typeof document === 'undefined' ? undefined : document;
  const onVisibilityChange = () => {
    if (page?.visibilityState === 'visible') listener();
  };
  globalThis.addEventListener('online', listener);
  globalThis.addEventListener('pageshow', listener);
  page?.addEventListener('visibilitychange', onVisibilityChange);
  return () => {
    globalThis.removeEventListener('online', listener);
    globalThis.removeEventListener('pageshow', listener);
    page?.removeEventListener('visibilitychange', onVisibilityChange);
  };
}
