/**
 * `online`: the network came back. `visible`: the tab did. `restored`: the page did, from the back/forward cache.
 * `slept`: the machine did, from sleep, as its clock tells.
 */
export type WakeReason = 'online' | 'visible' | 'restored' | 'slept';

const CLOCK_INTERVAL_MS = 5_000;
/** A visible page's timers are not so late, unless nothing ran at all. */
const SLEEP_MS = 20_000;

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
  let lookedAt = Date.now();
  const clock = setInterval(() => {
    const elapsedMs = Date.now() - lookedAt;
    lookedAt = Date.now();
    // The timers of hidden pages are late on purpose; they are woken when they are seen.
    if (elapsedMs >= SLEEP_MS && page?.visibilityState !== 'hidden') listener('slept');
  }, CLOCK_INTERVAL_MS);
  globals.addEventListener('online', onOnline);
  globals.addEventListener('pageshow', onPageShow);
  page?.addEventListener('visibilitychange', onVisibilityChange);
  return () => {
    clearInterval(clock);
    globals.removeEventListener('online', onOnline);
    globals.removeEventListener('pageshow', onPageShow);
    page?.removeEventListener('visibilitychange', onVisibilityChange);
  };
}
