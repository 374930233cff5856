import { useSyncExternalStore } from 'react';
import { relativeTime } from './relative-time.ts';

const TICK_MS = 20_000;
const absolute = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'short' });

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One clock for all times on the page; it runs only while somebody looks at it. */
function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    now = Date.now();
    timer = setInterval(() => {
      now = Date.now();
      for (const notify of listeners) notify();
    }, TICK_MS);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) clearInterval(timer);
  };
}

/** How long ago something was, kept up to date; the exact moment on hovering. */
export function TimeAgo({ at }: { at: string }) {
  const clock = useSyncExternalStore(subscribe, () => now);
  return (
    <time dateTime={at} title={absolute.format(new Date(at))}>
      {relativeTime(Date.parse(at), clock)}
    </time>
  );
}
