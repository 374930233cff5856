import { RequestError } from '@cahier/protocol';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { usePageTitle } from '../../ui/page-title.ts';

/** A page that holds nothing but a notice. */
export function NoticePage({ children }: { children: ReactNode }) {
  return <main className="flex min-h-dvh flex-col justify-center p-4 pb-[16vh]">{children}</main>;
}

export const linkButton =
  'inline-flex min-h-11 items-center rounded-lg bg-accent px-4 font-medium text-on-accent text-sm transition-colors hover:bg-accent-strong pointer-fine:min-h-9';

/** There is nothing at this address. */
export function NotFoundPage() {
  usePageTitle('Page not found');
  return (
    <NoticePage>
      <Notice
        title="Page not found"
        actions={
          <Link to="/" className={linkButton}>
            All documents
          </Link>
        }
      >
        There is nothing at this address. Perhaps the link lost a few letters on its way.
      </Notice>
    </NoticePage>
  );
}

/** The server gave no answer, or the application broke. */
export function CrashPage({ error, reset }: ErrorComponentProps) {
  usePageTitle('Something went wrong');
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  if (error instanceof RequestError) {
    return (
      <NoticePage>
        <LoadFailure error={error} onRetry={retry} heading="h1" />
      </NoticePage>
    );
  }
  return (
    <NoticePage>
      <div role="alert">
        <Notice
          title="Something went wrong"
          actions={
            <Button variant="primary" onClick={() => window.location.reload()}>
              Reload the page
            </Button>
          }
        >
          That is our fault, not yours. What was saved is safe.
        </Notice>
      </div>
    </NoticePage>
  );
}
