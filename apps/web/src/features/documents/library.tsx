import { Link } from '@tanstack/react-router';
import { CloudOff } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { useReachable } from '../../api/kept.ts';
import { Wordmark } from '../../ui/wordmark.tsx';
import { AccountMenu } from '../session/account-menu.tsx';
import { useUser } from '../session/session-guard.tsx';
import { useRowFocus } from './use-row-focus.ts';

export interface LibraryProps {
  title: string;
  /** What stands at the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
}

const tab =
  'inline-flex min-h-11 items-center rounded-lg px-3 text-sm text-soft transition-colors hover:text-ink aria-[current=page]:font-medium aria-[current=page]:text-ink';

/** The pages around the documents: the list, the trash. */
export function Library({ title, actions, children }: LibraryProps) {
  const user = useUser();
  const reachable = useReachable();
  const main = useRef<HTMLElement>(null);
  const onFocus = useRowFocus(main);
  return (
    <div className="mx-auto flex min-h-dvh max-w-4xl flex-col px-4 sm:px-8">
      <header className="flex h-16 items-center gap-1 sm:h-20 sm:gap-4">
        <Link to="/" aria-label="Cahier, all documents" className="mr-auto inline-flex rounded-lg">
          <Wordmark />
        </Link>
        <nav aria-label="Sections" className="flex">
          <Link to="/" className={tab} activeOptions={{ exact: true }}>
            Documents
          </Link>
          <Link to="/trash" className={tab}>
            Trash
          </Link>
        </nav>
        <AccountMenu user={user} />
      </header>
      <main ref={main} onFocus={onFocus} className="flex-1 pt-4 pb-16 sm:pt-8">
        <div className="flex min-h-11 flex-wrap items-center justify-between gap-x-6 gap-y-3">
          <h1 tabIndex={-1} className="font-semibold font-serif text-3xl tracking-tight sm:text-4xl">
            {title}
          </h1>
          {actions}
        </div>
        {!reachable && (
          <p
            role="status"
            className="mt-4 flex items-center gap-2 rounded-xl bg-warning-wash px-4 py-3 text-sm"
          >
            <CloudOff aria-hidden className="size-4 shrink-0 text-warning" />
            Offline: documents you have opened on this device can be read and written. What you write is sent
            later.
          </p>
        )}
        {children}
      </main>
    </div>
  );
}
