/** `online`: the network came back. `visible`: the tab did. `restored`: the page did, from the back/forward cache. */
export type WakeReason = 'online' | 'visible' | 'restored';

interface Events {
  addEventListener(type: string, listener: (event: { persisted?: boolean }) => void): void;
  removeEventListener(type: string, listener: (event: { persisted?: boolean }) => void): void;
}

/** What is used of a browser's globals: named here, so that programs need no browser's types to import this package. */
type Globals = Partial<Events> & { readonly document?: Events & { readonly visibilityState: string } };

const isWindow = (globals: Globals): globals is Globals & Events => globals.addEventListener !== undefined;

/**
 * Calls `listener` whenever a browser gives reason to believe that the network works, perhaps for the first time in a
 * while. Outside browsers it never does.
 *
 * @returns a function that stops listening
 */
export function onWake(listener: (reason: WakeReason) => void): () => void {
  const globals = globalThis as Globals;
  if (!isWindow(globals)) return () => {};
  const page = globals.document;
  const onOnline = () => listener('online');
  const onPageShow = ({ persisted }: { persisted?: boolean }) => {
    if (persisted === true) listener('restored');
  };
  const onVisibilityChange = () => {
    if (page?.visibilityState === 'visible') listener('visible');
  };
  globals.addEventListener('online', onOnline);
  globals.addEventListener('pageshow', onPageShow);
  page?.addEventListener('visibilitychange', onVisibilityChange);
  return () => {
    globals.removeEventListener('online', onOnline);
    globals.removeEventListener('pageshow', onPageShow);
    page?.removeEventListener('visibilitychange', onVisibilityChange);
  };
}
