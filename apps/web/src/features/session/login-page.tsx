import { forgetCopies } from '@cahier/y-mercure';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { forgetKept } from '../../api/kept.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { Wordmark } from '../../ui/wordmark.tsx';
import { LoginForm } from './login-form.tsx';
import { TestUsers } from './test-users.tsx';

const route = getRouteApi('/login');

/** The door: an open notebook, with the form on its right-hand page. */
export function LoginPage() {
  usePageTitle('Log in');
  const router = useRouter();
  const { from } = route.useSearch();
  useEffect(() => {
    // Nobody is logged in: what is kept for opening documents without the server goes.
    forgetKept();
    forgetCopies().catch(() => {});
  }, []);
  const enter = () => router.history.push(from ?? '/');

  return (
    <main className="flex min-h-dvh flex-col lg:grid lg:grid-cols-2">
      <div
        aria-hidden
        className="ruled h-[120px] border-line border-b bg-paper lg:h-auto lg:border-r lg:border-b-0"
      >
        <p className="hidden pt-[182px] pl-[104px] font-serif text-[2.75rem] text-ink leading-[80px] lg:block">
          Write together,
          <Caret className="bg-accent" />
          <br />
          on the same
          <Caret className="bg-margin" /> page.
        </p>
      </div>
      <div className="flex flex-1 flex-col items-center px-6 py-10 lg:justify-center">
        <div className="w-full max-w-sm">
          <Wordmark />
          <h1 className="mt-8 mb-6 font-semibold font-serif text-3xl tracking-tight">Log in</h1>
          <LoginForm onSuccess={enter} />
          <TestUsers onSuccess={enter} />
        </div>
      </div>
    </main>
  );
}

/** Two people at work. */
function Caret({ className }: { className: string }) {
  return (
    <span className={`mx-0.5 inline-block h-[1.1em] w-[3px] translate-y-[0.2em] rounded-full ${className}`} />
  );
}
