/** Tells the other tabs of this browser that somebody has logged in or out. */
const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('cahier:session');

export function tellSessionChanged(): void {
  channel?.postMessage(null);
}

/** Calls `listener` when somebody has logged in or out in another tab. */
export function onSessionChanged(listener: () => void): void {
  channel?.addEventListener('message', listener);
}
