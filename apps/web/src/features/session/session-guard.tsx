import type { Person } from '@cahier/protocol';
import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { createContext, use, useEffect, useState } from 'react';
import { sessionQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { LoginForm } from './login-form.tsx';

const UserContext = createContext<Person | null>(null);

/** The person who is logged in. Only below {@link SessionGuard}. */
export function useUser(): Person {
  const user = use(UserContext);
  if (user === null) throw new Error('useUser belongs below SessionGuard');
  return user;
}

/**
 * Everything that needs somebody logged in. When the session ends while a page is open, the page stays, with what was
 * typed in it, and the password is asked for on top of it.
 */
export function SessionGuard({ user: initial }: { user: Person }) {
  const { data: session } = useQuery(sessionQuery);
  const [user] = useState(initial);

  useEffect(() => {
    let stop: (() => void) | undefined;
    let left = false;
    // What documents are made of is large, and not needed for the first page.
    void import('../../realtime/left-behind.ts').then(({ keepSendingWhatWasLeftBehind }) => {
      if (!left) stop = keepSendingWhatWasLeftBehind(user.id);
    });
    return () => {
      left = true;
      stop?.();
    };
  }, [user.id]);

  useEffect(() => {
    // Somebody else logged in, in another tab: what this page shows is not theirs.
    if (session != null && session.user.id !== user.id) window.location.reload();
  }, [session, user.id]);

  return (
    <UserContext value={user}>
      <Outlet />
      <Dialog
        open={session === null}
        title="You have been logged out"
        description={`Log in again as ${user.email} to go on where you are. Nothing on this page is lost.`}
      >
        <LoginForm email={user.email} />
        <Button className="mt-2 w-full" onClick={() => window.location.assign('/login')}>
          Log in as somebody else
        </Button>
      </Dialog>
    </UserContext>
  );
}
