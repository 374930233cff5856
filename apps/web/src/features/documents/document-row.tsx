import type { DocumentSummary } from '@cahier/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { unsentQuery } from '../../api/queries.ts';
import { TimeAgo } from '../../ui/time-ago.tsx';
import { useLasting } from '../../ui/use-lasting.ts';
import { useUser } from '../session/session-guard.tsx';
import { rights, roleLabels, titleOf } from './rights.ts';

/** What was typed just before a document was left is on its way: only what stays is worth a word. */
const SAID_AFTER_MS = 4_000;

export interface DocumentRowProps {
  document: DocumentSummary;
  /** What can be done with it, at the end of the row. */
  actions: ReactNode;
}

/** One document in a list; the whole row opens it, unless it is in the trash. */
export function DocumentRow({ document, actions }: DocumentRowProps) {
  const user = useUser();
  const waiting = useQuery(unsentQuery(user.id)).data?.get(document.id) ?? 0;
  const saysWaiting = useLasting(waiting > 0, SAID_AFTER_MS);
  const trashed = document.trashedAt !== null;
  const title = titleOf(document);
  return (
    <li className="group relative flex min-h-[4.5rem] items-center gap-4 border-line border-b px-4 transition-colors first:rounded-t-2xl last:rounded-b-2xl last:border-b-0 has-[a:hover]:bg-hover/60 sm:px-6">
      <div className="min-w-0 flex-1 py-3">
        <div className="line-clamp-2 font-serif text-lg leading-snug sm:line-clamp-1">
          {trashed ? (
            <span dir="auto">{title}</span>
          ) : (
            <Link
              dir="auto"
              to="/documents/$documentId"
              params={{ documentId: document.id }}
              className="after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:rounded-lg focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
            >
              {document.title === '' ? <span className="text-faint">{title}</span> : title}
            </Link>
          )}
        </div>
        <div className="flex flex-wrap items-center gap-x-2 text-[0.8125rem] text-soft">
          <span>{document.owner.id === user.id ? 'You' : document.owner.name}</span>
          <span aria-hidden>·</span>
          <span>
            {trashed ? 'put in the trash ' : 'edited '}
            <TimeAgo at={document.trashedAt ?? document.updatedAt} />
          </span>
          {saysWaiting && (
            <span className="font-medium text-warning">
              {waitingText(waiting, rights[document.role].write)}
            </span>
          )}
          {document.accessRequests > 0 && (
            <span className="font-medium text-accent">
              {document.accessRequests === 1
                ? '1 person asks for access'
                : `${document.accessRequests} people ask for access`}
            </span>
          )}
          {document.role !== 'owner' && (
            <span className="text-accent sm:hidden">· {roleLabels[document.role]}</span>
          )}
        </div>
      </div>
      {document.role !== 'owner' && (
        <span className="hidden shrink-0 rounded-full bg-accent-wash px-2.5 py-0.5 text-accent text-xs sm:inline">
          {roleLabels[document.role]}
        </span>
      )}
      <div className="relative -mr-2 shrink-0 sm:-mr-3">{actions}</div>
    </li>
  );
}

function waitingText(count: number, writes: boolean): string {
  if (!writes) return `${count} ${count === 1 ? 'edit' : 'edits'} could not be sent`;
  return `${count === 1 ? '1 edit waits' : `${count} edits wait`} on this device`;
}

/** Rows on their way: shown only once the wait is long enough to be noticed. */
export function DocumentRowsSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="waiting">
      {[58, 34, 46, 27].map(width => (
        <div
          key={width}
          className="flex min-h-[4.5rem] flex-col justify-center gap-2.5 border-line border-b px-4 last:border-b-0 sm:px-6"
        >
          <div className="shimmer h-4.5" style={{ width: `${width}%` }} />
          <div className="shimmer h-3 w-40" />
        </div>
      ))}
    </div>
  );
}
