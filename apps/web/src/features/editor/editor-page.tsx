import type { Person } from '@cahier/protocol';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lastKnown, unsentQuery } from '../../api/queries.ts';
import { useProvider } from '../../realtime/use-provider.ts';
import { Button } from '../../ui/button.tsx';
import { LoadFailure } from '../../ui/load-failure.tsx';
import { Notice } from '../../ui/notice.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { rights, titleOf } from '../documents/rights.ts';
import { useDocumentActions } from '../documents/use-document-actions.ts';
import { linkButton, NoticePage } from '../pages/pages.tsx';
import { useUser } from '../session/session-guard.tsx';
import { AskButton } from '../sharing/ask-button.tsx';
import { useAsking, useAwaitedAccess } from '../sharing/use-asking.ts';
import { DocumentPage, DocumentPageSkeleton } from './document-page.tsx';
import { EditorHeader } from './editor-header.tsx';
import { UnsentWords } from './unsent-words.tsx';
import {
  useDocument,
  useDocumentEvents,
  useLeaveWarning,
  useLogInAgain,
  useRoleNews,
} from './use-document.ts';

const route = getRouteApi('/guarded/documents/$documentId');

/** One document, open for reading and writing. */
export function EditorPage() {
  const { documentId } = route.useParams();
  return <OpenedDocument key={documentId} documentId={documentId} />;
}

function OpenedDocument({ documentId }: { documentId: string }) {
  const me = useUser();
  const query = useDocument(documentId);
  const document = query.data;
  const inTrash = document !== undefined && document.trashedAt !== null;
  const isLost = inTrash || query.error?.code === 'document_not_found';
  const hasLeftBehind = useLeftBehind(documentId, me.id, isLost);
  const { open, startOver } = useProvider({
    documentId,
    writes: isLost ? hasLeftBehind || undefined : document && rights[document.role].write,
    userId: me.id,
  });
  const { restore } = useDocumentActions();
  useDocumentEvents(documentId, open);
  useRoleNews(document, open?.state);
  useLogInAgain(open);
  useLeaveWarning(open?.state);
  usePageTitle(document === undefined ? 'Document' : titleOf(document));

  // Of a document that is lost, what was known of it when it was not.
  const summary = document ?? (isLost ? lastKnown(documentId) : undefined);
  const shown = open?.loaded === true && summary !== undefined;
  if (isLost && !shown) {
    const isWaiting = open === undefined || open.state.phase === 'loading';
    if (hasLeftBehind === undefined || (hasLeftBehind && isWaiting)) {
      return <DocumentPageSkeleton document={summary} me={me} />;
    }
    if (open?.state.phase === 'ended' && open.state.unsent > 0) {
      return <UnsentWords documentId={documentId} provider={open.provider} state={open.state} me={me} />;
    }
  }
  const missing =
    query.error?.code === 'document_not_found' ||
    query.error?.code === 'invalid_request' ||
    (open?.state.phase === 'ended' && open.state.reason === 'access_withdrawn');
  if (missing && !shown) {
    return (
      <NoSuchDocument
        documentId={query.error?.code === 'invalid_request' ? undefined : documentId}
        me={me}
        onGranted={() => open?.provider.retry()}
      />
    );
  }
  if (inTrash && !shown) {
    return (
      <NoticePage>
        <Notice
          title="In the trash"
          actions={
            <>
              <Button variant="primary" busy={restore.isPending} onClick={() => restore.mutate(document)}>
                Restore
              </Button>
              <BackToDocuments />
            </>
          }
        >
          “{titleOf(document)}” was moved to the trash. Restore it to go on.
        </Notice>
      </NoticePage>
    );
  }

  const failure =
    document === undefined && !shown
      ? query.error
      : open?.state.phase === 'failed' && !shown
        ? open.state.error
        : null;
  if (failure !== null) {
    const retry = () => {
      if (document === undefined) void query.refetch();
      else open?.provider.retry();
    };
    return (
      <>
        <header>
          <EditorHeader document={document} open={undefined} me={me} showTitle />
        </header>
        <NoticePage>
          <LoadFailure error={failure} onRetry={retry} heading="h1" />
        </NoticePage>
      </>
    );
  }

  if (summary === undefined || open === undefined || !shown) {
    return <DocumentPageSkeleton document={document} me={me} />;
  }
  return <DocumentPage document={summary} open={open} me={me} onStartOver={startOver} />;
}

/** Whether edits of a lost document wait on this device; undefined: not known yet. */
function useLeftBehind(documentId: string, userId: string, isLost: boolean): boolean | undefined {
  const unsent = useQuery({ ...unsentQuery(userId), enabled: isLost });
  return isLost ? unsent.data?.has(documentId) : false;
}

interface NoSuchDocumentProps {
  /** undefined: that cannot be one. */
  documentId: string | undefined;
  me: Person;
  onGranted: () => void;
}

function NoSuchDocument({ documentId, me, onGranted }: NoSuchDocumentProps) {
  usePageTitle('Document not found');
  if (documentId !== undefined) return <NotShared documentId={documentId} me={me} onGranted={onGranted} />;
  return (
    <NoticePage>
      <Notice title="Document not found" actions={<BackToDocuments />}>
        There is nothing at this address. Perhaps the link lost a few letters on its way.
      </Notice>
    </NoticePage>
  );
}

/** Nothing says whether there is such a document. */
function NotShared({ documentId, me, onGranted }: NoSuchDocumentProps & { documentId: string }) {
  const asking = useAsking(documentId);
  useAwaitedAccess({ documentId, isWaiting: asking.isSuccess, isEnough: () => true, onGranted });
  return (
    <NoticePage>
      <Notice
        title="Document not found"
        actions={
          <>
            <AskButton
              asking={asking}
              label="Ask for access"
              variant="outline"
              className="-mt-2 font-serif text-lg text-soft leading-8"
            />
            <BackToDocuments />
          </>
        }
      >
        It does not exist, or nobody has shared it with you. You can ask: if there is such a document, its
        owner is told your name, {me.name}, and your address, {me.email}.
      </Notice>
    </NoticePage>
  );
}

function BackToDocuments() {
  return (
    <Link to="/" className={linkButton}>
      All documents
    </Link>
  );
}
