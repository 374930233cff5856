import type { Person } from '@cahier/protocol';
import clsx from 'clsx';
import type { Awareness } from 'y-protocols/awareness';
import { Avatar } from '../../ui/avatar.tsx';
import { coloursAmong } from '../../ui/person-colour.ts';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useIdleShown } from './idle.ts';
import { useFollowing } from './use-following.ts';
import { type PersonHere, usePeople } from './use-people.ts';

const MOST_AVATARS = 4;

/** Who has the document open. A face leads to its person's cursor, and follows it until one looks elsewhere. */
export function People({ awareness, me }: { awareness: Awareness; me: Person }) {
  useIdleShown(awareness);
  const people = usePeople(awareness, me);
  const [followed, follow] = useFollowing(awareness);
  const colours = coloursAmong(people.map(person => person.id));
  const shown = people.length > MOST_AVATARS ? people.slice(0, MOST_AVATARS - 1) : people;
  const rest = people.slice(shown.length);
  const nameOf = ({ id, name, isIdle }: PersonHere) =>
    id === me.id ? `${name} (you)` : isIdle ? `${name}, idle` : name;
  return (
    <ul aria-label="People here" className="flex max-sm:-space-x-1.5 sm:gap-1">
      {shown.map(person => (
        <li
          key={person.id}
          aria-label={nameOf(person)}
          className="flex rounded-full bg-desk ring-2 ring-desk"
        >
          {person.id === me.id ? (
            <Tooltip label={nameOf(person)}>
              <Avatar person={person} colour={colours.get(person.id)} />
            </Tooltip>
          ) : (
            <Tooltip
              label={followed === person.id ? `Following ${nameOf(person)}` : `Go to ${nameOf(person)}`}
            >
              <button
                type="button"
                aria-label={`Follow ${nameOf(person)}`}
                aria-pressed={followed === person.id}
                className="inline-flex cursor-pointer rounded-full aria-pressed:ring-2 aria-pressed:ring-accent"
                onClick={() => follow(person.id)}
              >
                <Avatar
                  person={person}
                  colour={colours.get(person.id)}
                  className={clsx('transition-opacity duration-500', person.isIdle && 'opacity-45')}
                />
              </button>
            </Tooltip>
          )}
        </li>
      ))}
      {rest.length > 0 && (
        <li
          aria-label={`${rest.length} more: ${rest.map(nameOf).join(', ')}`}
          className="flex rounded-full ring-2 ring-desk"
        >
          <Tooltip label={rest.map(nameOf).join(', ')}>
            <span className="inline-flex size-8 items-center justify-center rounded-full bg-hover font-semibold text-soft text-xs">
              +{rest.length}
            </span>
          </Tooltip>
        </li>
      )}
    </ul>
  );
}
