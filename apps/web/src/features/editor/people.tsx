import type { Person } from '@cahier/protocol';
import clsx from 'clsx';
import type { Awareness } from 'y-protocols/awareness';
import { Avatar } from '../../ui/avatar.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
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
  const shown = chooseShown(people, followed);
  const rest = people.filter(person => !shown.includes(person));
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
        <li className="flex rounded-full bg-desk ring-2 ring-desk">
          <Menu
            trigger={
              <button
                type="button"
                aria-label={`${rest.length} more people`}
                className="inline-flex size-8 cursor-pointer items-center justify-center rounded-full bg-hover font-semibold text-soft text-xs hover:text-ink"
              >
                +{rest.length}
              </button>
            }
          >
            {rest.map(person => (
              <MenuItem key={person.id} onSelect={() => follow(person.id)}>
                <Avatar
                  person={person}
                  colour={colours.get(person.id)}
                  className={clsx(person.isIdle && 'opacity-45')}
                />
                {nameOf(person)}
              </MenuItem>
            ))}
          </Menu>
        </li>
      )}
    </ul>
  );
}

/** Those with a face of their own: the first ones, and whoever is followed. */
function chooseShown(people: PersonHere[], followed: string | null): PersonHere[] {
  if (people.length <= MOST_AVATARS) return people;
  const first = people.slice(0, MOST_AVATARS - 1);
  const found = people.find(({ id }) => id === followed);
  return found === undefined || first.includes(found) ? first : [...first.slice(0, -1), found];
}
