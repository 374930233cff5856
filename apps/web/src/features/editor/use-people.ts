import type { Person } from '@cahier/protocol';
import { useCallback, useRef, useSyncExternalStore } from 'react';
import type { Awareness } from 'y-protocols/awareness';

export interface PersonHere extends Person {
  /** They do nothing at the moment, in none of their tabs. */
  readonly isIdle: boolean;
}

/** Who has the document open: I first, then the others by name; each once, in however many tabs. */
export function peopleHere(states: Iterable<Record<string, unknown>>, me: Person): PersonHere[] {
  const others = new Map<string, PersonHere>();
  for (const { user, idle } of states) {
    const person = user as Person | undefined;
    if (person === undefined || person.id === me.id) continue;
    const isIdle = idle === true && (others.get(person.id)?.isIdle ?? true);
    others.set(person.id, { ...person, isIdle });
  }
  return [
    { ...me, isIdle: false },
    ...[...others.values()].sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)),
  ];
}

/** {@link peopleHere}, kept up to date. */
export function usePeople(awareness: Awareness, me: Person): PersonHere[] {
  const last = useRef<PersonHere[]>([]);
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
      const same =
        now.length === last.current.length && now.every((person, at) => isSame(person, last.current[at]));
      if (!same) last.current = now;
      return last.current;
    },
  );
}

const isSame = (a: PersonHere, b: PersonHere | undefined) => a.id === b?.id && a.isIdle === b.isIdle;
