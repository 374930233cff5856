import type { DocumentSummary } from '@cahier/protocol';
import { useQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { documentsQuery } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { DocumentRow, DocumentRowsSkeleton } from './document-row.tsx';
import { Library } from './library.tsx';
import { titleOf } from './rights.ts';
import { useDocumentActions } from './use-document-actions.ts';

/** What I threw away, and the way back for it. */
export function TrashPage() {
  usePageTitle('Trash');
  const documents = useQuery(documentsQuery(true));
  return (
    <Library title="Trash">
      <div className="pt-6">
        {documents.isError && documents.data === undefined ? (
          <LoadFailure error={documents.error} onRetry={() => documents.refetch()} />
        ) : documents.data?.length === 0 ? (
          <Notice title="The trash is empty" heading="h2">
            A document you move here disappears for everybody, until you restore it.
          </Notice>
        ) : (
          <div className="rounded-2xl border border-line bg-paper shadow-sheet">
            {documents.data === undefined ? (
              <DocumentRowsSkeleton />
            ) : (
              <ul aria-label="Documents in the trash">
                {documents.data.map(document => (
                  <DocumentRow
                    key={document.id}
                    document={document}
                    actions={<RestoreButton document={document} />}
                  />
                ))}
              </ul>
            )}
          </div>
        )}
      </div>
    </Library>
  );
}

function RestoreButton({ document }: { document: DocumentSummary }) {
  const { restore } = useDocumentActions();
  return (
    <Button
      aria-label={`Restore ${titleOf(document)}`}
      busy={restore.isPending}
      onClick={() => restore.mutate(document)}
    >
      <RotateCcw aria-hidden className="size-4" />
      Restore
    </Button>
  );
}
