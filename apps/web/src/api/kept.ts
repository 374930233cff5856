import { RequestError } from '@cahier/protocol';
import { useSyncExternalStore } from 'react';

/** What the server said last, kept in this browser for when it cannot be asked. */
const PREFIX = 'cahier:kept:';

let reachable = true;
const listeners = new Set<() => void>();

function setReachable(now: boolean): void {
  if (reachable === now) return;
  reachable = now;
  for (const listener of listeners) listener();
}

/** Whether the server answered when it was asked last. */
export const isReachable = () => reachable;

/** {@link isReachable}, for as long as somebody looks. */
export function useReachable(): boolean {
  return useSyncExternalStore(listener => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, isReachable);
}

export function kept<T>(name: string): T | undefined {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined; // Forbidden, or something else than was put there.
  }
}

/** Everything kept under names that begin so. */
export function keptBelow<T>(beginning: string): T[] {
  try {
    return Object.keys(localStorage)
      .filter(key => key.startsWith(PREFIX + beginning))
      .flatMap(key => kept<T>(key.slice(PREFIX.length)) ?? []);
  } catch {
    return [];
  }
}

/** Without room for it, nothing is kept: that costs the offline view, nothing else. */
export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {}
}

export function drop(name: string): void {
  try {
    localStorage.removeItem(PREFIX + name);
  } catch {}
}

/** Nobody is logged in here: nothing of anybody is kept. */
export function forgetKept(): void {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(PREFIX)) localStorage.removeItem(name);
    }
  } catch {}
}

/** Asks the server; where it does not answer, gives what `fallback` knows. */
export async function askOrRecall<T>(ask: () => Promise<T>, fallback: () => T | undefined): Promise<T> {
  try {
    const answer = await ask();
    setReachable(true);
    return answer;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    setReachable(!isAway(error));
    const known = isAway(error) ? fallback() : undefined;
    if (known === undefined) throw error;
    return known;
  }
}

/** Whether the server was not there, or something else answered in its place. */
const isAway = ({ code }: RequestError) =>
  code === 'unreachable' || code === 'unexpected_response' || code === 'shutting_down';
