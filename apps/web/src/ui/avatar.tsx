import type { Person } from '@cahier/protocol';
import clsx from 'clsx';
import type { ComponentProps } from 'react';
import { initials, personColour } from './person-colour.ts';

export interface AvatarProps extends Omit<ComponentProps<'span'>, 'children'> {
  person: Person;
  /** Default: the colour of this person alone. */
  colour?: string | undefined;
}

/** A person's initials on their colour. Decorative: give it a label where the name is not written beside it. */
export function Avatar({ person, colour, className, style, ...props }: AvatarProps) {
  return (
    <span
      {...props}
      data-initials={initials(person.name) || '?'}
      style={{ backgroundColor: colour ?? personColour(person.id), ...style }}
      className={clsx(
        'inline-flex size-8 shrink-0 select-none items-center justify-center rounded-full',
        'font-semibold text-white text-xs tracking-wide',
        // Drawn, not written: a screen reader has the name.
        "before:content-[attr(data-initials)/'']",
        className,
      )}
    />
  );
}
