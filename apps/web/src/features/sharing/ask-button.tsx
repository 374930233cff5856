import clsx from 'clsx';
import { Hand } from 'lucide-react';
import { Button, type ButtonProps } from '../../ui/button.tsx';
import { failureText } from '../../ui/failure.ts';
import type { useAsking } from './use-asking.ts';

export interface AskButtonProps {
  asking: ReturnType<typeof useAsking>;
  /** What is asked for: "Ask for access". */
  label: string;
  variant?: NonNullable<ButtonProps['variant']>;
  /** Of the words that follow. Default: small ones. */
  className?: string;
}

/** Asks the owner for access; once they have been asked, says so instead. */
export function AskButton({ asking, label, variant = 'quiet', className = 'text-sm' }: AskButtonProps) {
  return (
    <>
      {!asking.isSuccess && (
        <Button variant={variant} busy={asking.isPending} onClick={() => asking.mutate()}>
          <Hand aria-hidden className="size-4" />
          {label}
        </Button>
      )}
      <p role="status" className={clsx('order-last basis-full', className)}>
        {asking.isSuccess && 'The owner has been asked. This page goes on by itself when they agree.'}
        {asking.isError && failureText(asking.error)}
      </p>
    </>
  );
}
