import type { DocumentSummary } from '@cahier/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { FileWarning } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useReachable } from '../../api/kept.ts';
import { documentsQuery, lastKnown, unsentQuery } from '../../api/queries.ts';
import { useLasting } from '../../ui/use-lasting.ts';
import { useUser } from '../session/session-guard.tsx';
import { rights, titleOf } from './rights.ts';

/** A document that was made, or shared, a moment ago may be in the list with the next look at it. */
const SAID_AFTER_MS = 4_000;
const NOTHING: ReadonlyMap<string, number> = new Map();

/**
 * Tells of edits that were made on this device in documents to which the person has no access any more, and leads to them.
 *
 * @param documents - those to which they have
 */
export function LeftBehind({ documents }: { documents: readonly DocumentSummary[] }) {
  const user = useUser();
  const reachable = useReachable();
  const unsent = useQuery(unsentQuery(user.id)).data ?? NOTHING;
  const accessible = new Set(documents.map(({ id }) => id));
  const lost = [...unsent].filter(([id]) => !accessible.has(id));
  const isShown = useLasting(reachable && lost.length > 0, SAID_AFTER_MS);
  const trashed = useQuery({ ...documentsQuery(true), enabled: isShown }).data;
  useSendingWhenRegained(documents, unsent, user.id);

  const some = lost.length === 1 ? 'a document' : `${lost.length} documents`;
  return (
    <>
      <p role="status" className="sr-only">
        {isShown && `Edits in ${some} could not be sent.`}
      </p>
      {isShown && (
        <section aria-labelledby="left-behind" className="mt-4 overflow-hidden rounded-2xl bg-warning-wash">
          <div className="flex gap-3 px-4 pt-4 sm:px-6">
            <FileWarning aria-hidden className="mt-0.5 size-4.5 shrink-0 text-warning" />
            <div>
              <h2 id="left-behind" className="font-semibold text-[0.9375rem]">
                Written on this device, and not saved
              </h2>
              <p className="mt-0.5 text-sm">
                {lost.length === 1 ? 'This document' : 'These documents'} cannot be edited any more. What you
                wrote is kept here until you decide what becomes of it.
              </p>
            </div>
          </div>
          <ul aria-labelledby="left-behind" className="mt-1 pb-1">
            {lost.map(([id, count]) => (
              <LostRow key={id} id={id} count={count} inTrash={trashed?.find(known => known.id === id)} />
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

interface LostRowProps {
  id: string;
  count: number;
  /** It is the person's own, and in the trash. */
  inTrash: DocumentSummary | undefined;
}

function LostRow({ id, count, inTrash }: LostRowProps) {
  const known = inTrash ?? lastKnown(id);
  return (
    <li className="relative px-4 py-3 pl-[2.875rem] transition-colors has-[a:hover]:bg-hover/60 sm:px-6 sm:pl-[3.375rem]">
      <Link
        to="/documents/$documentId"
        params={{ documentId: id }}
        className="font-serif text-lg leading-snug after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent focus-visible:after:-outline-offset-2"
      >
        {known === undefined ? 'A document' : titleOf(known)}
      </Link>
      <p className="text-[0.8125rem] text-soft">
        <span className="font-medium text-warning">
          {count} {count === 1 ? 'edit' : 'edits'} could not be sent
        </span>
        {' · '}
        {inTrash === undefined ? 'not shared with you any more' : 'in the trash'}
      </p>
    </li>
  );
}

/** What could not be sent for want of access is sent as soon as the list tells that there is access again. */
function useSendingWhenRegained(
  documents: readonly DocumentSummary[],
  unsent: ReadonlyMap<string, number>,
  userId: string,
): void {
  const hindered = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const writable = new Set(documents.filter(({ role }) => rights[role].write).map(({ id }) => id));
    const waiting = [...unsent.keys()];
    const isRegained = waiting.some(id => writable.has(id) && hindered.current.has(id));
    hindered.current = new Set(waiting.filter(id => !writable.has(id)));
    if (!isRegained) return;
    void import('../../realtime/left-behind.ts').then(({ sendWhatWasLeftBehind }) =>
      sendWhatWasLeftBehind(userId),
    );
  }, [documents, unsent, userId]);
}
