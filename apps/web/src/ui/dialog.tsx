import { Dialog as Base } from '@base-ui/react/dialog';
import clsx from 'clsx';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { IconButton } from './button.tsx';

export interface DialogProps {
  open: boolean;
  /** Called when the person closes it; without it the dialog can only be completed. */
  onClose?: () => void;
  title: string;
  description?: ReactNode;
  initialFocus?: RefObject<HTMLElement | null>;
  className?: string;
  children: ReactNode;
}

/** A modal dialog: centred on a desk, a sheet from below on a phone. */
export function Dialog({
  open,
  onClose,
  title,
  description,
  initialFocus,
  className,
  children,
}: DialogProps) {
  return (
    <Base.Root
      open={open}
      onOpenChange={next => {
        if (!next) onClose?.();
      }}
      disablePointerDismissal={onClose === undefined}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[#1a1710]/40 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-black/60" />
        <Base.Viewport className="fixed inset-0 z-50 flex items-end justify-center sm:items-start sm:p-4 sm:pt-[14vh]">
          <Base.Popup
            {...(initialFocus === undefined ? {} : { initialFocus })}
            className={clsx(
              'flex max-h-[90dvh] w-full flex-col rounded-t-2xl bg-raised shadow-raised sm:max-h-[72dvh] sm:max-w-lg sm:rounded-2xl',
              'transition-[opacity,translate] duration-150 data-ending-style:translate-y-2 data-starting-style:translate-y-2',
              'data-ending-style:opacity-0 data-starting-style:opacity-0',
              className,
            )}
          >
            <div className="flex items-start gap-3 px-6 pt-5">
              <div className="min-w-0 flex-1">
                <Base.Title className="font-semibold font-serif text-xl leading-snug">{title}</Base.Title>
                {description !== undefined && (
                  <Base.Description className="mt-1 text-sm text-soft">{description}</Base.Description>
                )}
              </div>
              {onClose !== undefined && (
                <Base.Close
                  render={
                    <IconButton label="Close" className="-mt-1.5 -mr-2.5">
                      <X aria-hidden className="size-4.5" />
                    </IconButton>
                  }
                />
              )}
            </div>
            <div className="min-h-0 overflow-y-auto px-6 pt-4 pb-[max(1.5rem,env(safe-area-inset-bottom))]">
              {children}
            </div>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
