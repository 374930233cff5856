/** `online`: the network came back. `visible`: the tab did. `restored`: the page did, from the back/forward cache. */
export type WakeReason = 'online' | 'visible' | 'restored';

/**
 * Calls `listener` whenever a browser gives reason to believe that the network works, perhaps for the first time in a
 * while. Outside browsers it never does.
 *
 * @returns a function that stops listening
 */
export function onWake(listener: (reason: WakeReason) => void): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {};
  const page = typeof document === 'undefined' ? undefined : document;
  const onOnline = () => listener('online');
  const onPageShow = (event: { persisted?: boolean }) => {
    if (event.persisted === true) listener('restored');
  };
  const onVisibilityChange = () => {
    if (page?.visibilityState === 'visible') listener('visible');
  };
  globalThis.addEventListener('online', onOnline);
  globalThis.addEventListener('pageshow', onPageShow as EventListener);
  page?.addEventListener('visibilitychange', onVisibilityChange);
  return () => {
    globalThis.removeEventListener('online', onOnline);
    globalThis.removeEventListener('pageshow', onPageShow as EventListener);
    page?.removeEventListener('visibilitychange', onVisibilityChange);
  };
}
