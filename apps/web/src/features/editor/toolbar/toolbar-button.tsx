import { Toolbar } from '@base-ui/react/toolbar';
import clsx from 'clsx';
import type { ComponentProps } from 'react';
import { Tooltip } from '../../../ui/tooltip.tsx';

export interface ToolbarButtonProps extends Omit<ComponentProps<typeof Toolbar.Button>, 'className'> {
  label: string;
  shortcut?: string | undefined;
  pressed?: boolean | undefined;
  wide?: boolean;
}

/** A button of the toolbar. Pressing it with a pointer leaves the cursor in the text. */
export function ToolbarButton({ label, shortcut, pressed, wide = false, ...props }: ToolbarButtonProps) {
  return (
    <Tooltip label={label} shortcut={shortcut}>
      <Toolbar.Button
        aria-label={label}
        aria-pressed={pressed}
        onMouseDown={event => event.preventDefault()}
        {...props}
        className={clsx(
          'inline-flex h-11 shrink-0 items-center justify-center gap-1 rounded-lg text-soft text-sm transition-colors',
          'hover:bg-hover hover:text-ink data-popup-open:bg-hover pointer-fine:h-9',
          'aria-disabled:pointer-events-none aria-disabled:opacity-40',
          'aria-pressed:bg-accent-wash aria-pressed:text-accent [&_svg]:size-4.5',
          wide ? 'px-2.5' : 'w-11 pointer-fine:w-9',
        )}
      />
    </Tooltip>
  );
}
