import type { DocumentSummary, Person } from '@cahier/protocol';
import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import type { OpenDocument } from '../../realtime/use-provider.ts';
import { Tooltip } from '../../ui/tooltip.tsx';
import { rights, roleLabels, titleOf } from '../documents/rights.ts';
import { ShareButton } from '../sharing/share-button.tsx';
import { People } from './people.tsx';
import { SaveStatus } from './save-status.tsx';

export interface EditorHeaderProps {
  document: DocumentSummary | undefined;
  open: OpenDocument | undefined;
  me: Person;
  /** Whether the title at the head of the page has scrolled out of sight: it is then shown here. */
  showTitle: boolean;
}

/** Above the page: the way back, how saving stands, who is here. */
export function EditorHeader({ document, open, me, showTitle }: EditorHeaderProps) {
  const live = open !== undefined && open.state.phase === 'live';
  const writes = document !== undefined && rights[document.role].write;
  return (
    <div className="flex h-14 items-center gap-1.5 px-1.5 sm:gap-3 sm:px-4">
      <Tooltip label="All documents">
        <Link
          to="/"
          aria-label="All documents"
          className="inline-flex size-11 shrink-0 items-center justify-center rounded-lg text-soft transition-colors hover:bg-hover hover:text-ink pointer-fine:size-9"
        >
          <ArrowLeft aria-hidden className="size-5" />
        </Link>
      </Tooltip>
      {open !== undefined && <SaveStatus state={open.state} writes={writes} />}
      {document !== undefined && (
        <span
          aria-hidden
          dir="auto"
          data-shown={showTitle || undefined}
          className="min-w-0 flex-1 truncate font-medium font-serif opacity-0 transition-opacity max-sm:invisible data-shown:opacity-100"
        >
          {titleOf(document)}
        </span>
      )}
      {document !== undefined && !writes && (
        <span className="rounded-full bg-accent-wash px-2.5 py-0.5 text-accent text-xs">
          {roleLabels[document.role]}
        </span>
      )}
      {live && <People awareness={open.provider.awareness} me={me} />}
      {document !== undefined && open?.state.phase !== 'ended' && <ShareButton document={document} />}
    </div>
  );
}
