import type { DocumentSummary } from '@cahier/protocol';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Plus, Search } from 'lucide-react';
import { useRef, useState } from 'react';
import { useReachable } from '../../api/kept.ts';
import { documentsQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { toast } from '../../ui/toasts.tsx';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useKey } from '../../ui/use-key.ts';
import { DocumentMenu } from './document-menu.tsx';
import { DocumentRow, DocumentRowsSkeleton } from './document-row.tsx';
import { LeftBehind } from './left-behind.tsx';
import { Library } from './library.tsx';
import { titleOf } from './rights.ts';
import { useDocumentActions } from './use-document-actions.ts';

/** My documents and those shared with me. */
export function DocumentsPage() {
  usePageTitle('Documents');
  const documents = useQuery(documentsQuery(false));
  const newDocument = useNewDocument();
  const [search, setSearch] = useState('');
  const searchInput = useRef<HTMLInputElement>(null);
  useKey('n', newDocument.make);
  useKey('/', () => searchInput.current?.focus());

  const button = (
    <Tooltip label={newDocument.hindrance ?? 'New document'} shortcut="N">
      <Button
        variant="primary"
        busy={newDocument.busy}
        aria-disabled={newDocument.hindrance !== null}
        onClick={newDocument.make}
      >
        <Plus aria-hidden className="size-4" />
        New document
      </Button>
    </Tooltip>
  );

  if (documents.data?.length === 0) {
    return (
      <Library title="Documents">
        <LeftBehind documents={documents.data} />
        <div className="pt-8">
          <Notice title="An empty shelf" heading="h2" actions={button}>
            Start a document and invite others to it. What they share with you appears here, too.
          </Notice>
        </div>
      </Library>
    );
  }

  return (
    <Library title="Documents" actions={button}>
      {documents.data !== undefined && <LeftBehind documents={documents.data} />}
      <div className="relative mt-6 mb-4">
        <Search aria-hidden className="absolute top-1/2 left-3.5 size-4 -translate-y-1/2 text-soft" />
        <input
          ref={searchInput}
          type="search"
          aria-label="Find a document by its title"
          placeholder="Find by title"
          value={search}
          onChange={event => setSearch(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape') setSearch('');
          }}
          className="min-h-11 w-full rounded-xl border border-line bg-paper pr-3 pl-10 text-base pointer-fine:text-[0.9375rem]"
        />
      </div>
      {documents.isError && documents.data === undefined ? (
        <LoadFailure error={documents.error} onRetry={() => documents.refetch()} />
      ) : (
        <DocumentList documents={documents.data} search={search} />
      )}
    </Library>
  );
}

function DocumentList({ documents, search }: { documents: DocumentSummary[] | undefined; search: string }) {
  const words = search.trim().toLocaleLowerCase();
  const found = documents?.filter(document => titleOf(document).toLocaleLowerCase().includes(words));
  return (
    <div className="rounded-2xl border border-line bg-paper shadow-sheet">
      {found === undefined && <DocumentRowsSkeleton />}
      {found?.length === 0 && (
        <p role="status" className="px-6 py-10 text-center text-soft">
          No title contains “{search.trim()}”.
        </p>
      )}
      {found !== undefined && found.length > 0 && (
        <ul aria-label="Documents">
          {found.map(document => (
            <DocumentRow
              key={document.id}
              document={document}
              actions={<DocumentMenu document={document} />}
            />
          ))}
        </ul>
      )}
    </div>
  );
}

/** Makes a document and opens it. `hindrance`: why that is not to be had at the moment. */
function useNewDocument() {
  const navigate = useNavigate();
  const hindrance = useReachable() ? null : 'New documents are made when the server can be reached again.';
  const { create } = useDocumentActions();
  const make = () => {
    if (create.isPending) return;
    if (hindrance !== null) {
      toast(hindrance);
      return;
    }
    create.mutate(undefined, {
      onSuccess: ({ id }) => navigate({ to: '/documents/$documentId', params: { documentId: id } }),
    });
  };
  return { make, busy: create.isPending, hindrance };
}
