import type { DocumentSummary } from '@cahier/protocol';
import type { Provider, ProviderState } from '@cahier/y-mercure';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef } from 'react';
import { documentQuery, documentsQuery, sessionQuery } from '../../api/queries.ts';
import type { OpenDocument } from '../../realtime/use-provider.ts';
import { toast } from '../../ui/toasts.tsx';
import { rights } from '../documents/rights.ts';

/** What is known of a document beside its text; from the list, if it was there, until the server has answered. */
export function useDocument(documentId: string) {
  const queryClient = useQueryClient();
  return useQuery({
    ...documentQuery(documentId),
    initialData: () =>
      queryClient.getQueryData(documentsQuery(false).queryKey)?.find(({ id }) => id === documentId),
    initialDataUpdatedAt: 0,
  });
}

/** Keeps {@link useDocument} up to date with what comes down the document's stream. */
export function useDocumentEvents(documentId: string, open: OpenDocument | undefined): void {
  const queryClient = useQueryClient();
  const provider: Provider | undefined = open?.provider;
  const connected = open?.state.phase === 'live' && open.state.stream === 'open';

  useEffect(() => {
    if (provider === undefined) return;
    const { queryKey } = documentQuery(documentId);
    const stops = [
      provider.on('renamed', title =>
        queryClient.setQueryData(
          queryKey,
          (known: DocumentSummary | undefined) => known && { ...known, title },
        ),
      ),
      // The members lie below the document's key: they are asked for again, too.
      provider.on('access', () => queryClient.invalidateQueries({ queryKey })),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [queryClient, documentId, provider]);

  useEffect(() => {
    // Whatever was said while nobody listened.
    if (connected) void queryClient.invalidateQueries({ queryKey: documentQuery(documentId).queryKey });
  }, [queryClient, documentId, connected]);
}

/** Tells a person who has the document open that they may write now, or no longer; of what that leaves unsent a panel tells. */
export function useRoleNews(document: DocumentSummary | undefined, state: ProviderState | undefined): void {
  const before = useRef<boolean>(undefined);
  const writes = document && rights[document.role].write;
  const takeBack = useRef<() => void>(undefined);
  const hasUnsent = useEffectEvent(() => state !== undefined && 'unsent' in state && state.unsent > 0);
  const isLost = state?.phase === 'ended' && state.reason !== 'read_only';
  const tell = useEffectEvent((mayWrite: boolean) => {
    if (isLost || (!mayWrite && hasUnsent())) return;
    takeBack.current = toast(
      mayWrite ? 'You can edit this document now.' : 'You can read this document now, but not change it.',
    );
  });
  useEffect(() => {
    if (writes === undefined) return;
    if (before.current !== undefined && before.current !== writes) {
      takeBack.current?.();
      tell(writes);
    }
    before.current = writes;
  }, [writes]);
  useEffect(() => {
    // What a panel says by now is not contradicted.
    if (isLost) takeBack.current?.();
  }, [isLost]);
}

/** When the session ends, asks for a new one, and goes on as soon as there is one. */
export function useLogInAgain(open: OpenDocument | undefined): void {
  const queryClient = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const loggedIn = session != null;
  const provider = open?.provider;
  const loggedOut = open?.state.phase === 'ended' && open.state.reason === 'logged_out';

  useEffect(() => {
    if (loggedOut) queryClient.setQueryData(sessionQuery.queryKey, null);
  }, [queryClient, loggedOut]);

  useEffect(() => {
    const { state } = provider ?? {};
    if (loggedIn && state?.phase === 'ended' && state.reason === 'logged_out') provider?.retry();
  }, [loggedIn, provider]);
}

/** Asks before the page is left, only while something on it would be lost. */
export function useLeaveWarning(state: ProviderState | undefined): void {
  const unsent = wouldBeLost(state);
  useEffect(() => {
    if (!unsent) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [unsent]);
}

/** Edits wait on this device for the server; only where it cannot keep them do they go with the page. */
function wouldBeLost(state: ProviderState | undefined): boolean {
  return (state?.phase === 'live' || state?.phase === 'ended') && state.unsent > 0 && !state.kept;
}
