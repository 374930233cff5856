import clsx from 'clsx';
import type { ComponentProps } from 'react';

const variants = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong',
  quiet: 'text-ink hover:bg-hover',
  outline: 'border border-edge text-ink hover:bg-hover',
  danger: 'text-danger hover:bg-danger-wash',
} as const;

export interface ButtonProps extends ComponentProps<'button'> {
  variant?: keyof typeof variants;
  /** Something is under way: the button keeps its size and ignores presses. */
  busy?: boolean;
}

/** A labelled button, 44 px high for fingers and 36 px for a mouse. */
export function Button({ variant = 'quiet', busy = false, className, children, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      aria-busy={busy || undefined}
      onClick={event => (busy ? event.preventDefault() : props.onClick?.(event))}
      className={clsx(
        'inline-flex min-h-11 items-center justify-center gap-2 rounded-lg px-4 font-medium text-sm',
        'transition-colors disabled:opacity-50 aria-disabled:opacity-50 pointer-fine:min-h-9 pointer-fine:px-3.5',
        variants[variant],
        busy && 'cursor-progress opacity-80',
        className,
      )}
    >
      {children}
    </button>
  );
}

export interface IconButtonProps extends ComponentProps<'button'> {
  /** Its accessible name; the icon itself says nothing to a screen reader. */
  label: string;
}

/** A square button with an icon. */
export function IconButton({ label, className, ...props }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      {...props}
      className={clsx(
        'inline-flex size-11 shrink-0 items-center justify-center rounded-lg text-soft transition-colors',
        'hover:bg-hover hover:text-ink data-popup-open:bg-hover pointer-fine:size-9',
        className,
      )}
    />
  );
}
