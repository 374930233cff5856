import type { Person } from '@cahier/protocol';
import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { Awareness } from 'y-protocols/awareness';

/** Who has the document open: I first, then the others by name; each once, in however many tabs. */
export function peopleHere(states: Iterable<Record<string, unknown>>, me: Person): Person[] {
  const others = new Map<string, Person>();
  for (const { user } of states) {
    const person = user as Person | undefined;
    if (person !== undefined && person.id !== me.id) others.set(person.id, person);
  }
  return [me, ...[...others.values()].sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))];
}

/** {@link peopleHere}, kept up to date. */
export function usePeople(awareness: Awareness, me: Person): Person[] {
  const last = useRef<Person[]>([]);
  return useSyncExternalStore(
    useCallback(
      listener => {
        awareness.on('change', listener);
        return () => awareness.off('change', listener);
      },
      [awareness],
    ),
    () => {
      const now = peopleHere(awareness.getStates().values(), me);
      const same = now.length === last.current.length && now.every((p, at) => p.id === last.current[at]?.id);
      if (!same) last.current = now;
      return last.current;
    },
  );
}
