import type { AccessRequest, GrantableRole } from '@cahier/protocol';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef } from 'react';
import { api } from '../../api/client.ts';
import { accessRequestsQuery, documentQuery } from '../../api/queries.ts';

const NOBODY: AccessRequest[] = [];

/**
 * Who asks for access to a document, and the answers.
 *
 * @param isOwner - others are not told
 */
export function useAccessRequests(documentId: string, isOwner: boolean) {
  const queryClient = useQueryClient();
  const query = useQuery({ ...accessRequestsQuery(documentId), enabled: isOwner });
  // The members, too.
  const onSettled = () => queryClient.invalidateQueries({ queryKey: documentQuery(documentId).queryKey });
  const grant = useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: GrantableRole }) =>
      api.grantAccess({ params: { documentId, userId }, body: { role } }),
    onSettled,
  });
  const decline = useMutation({
    mutationFn: (userId: string) => api.declineAccess({ params: { documentId, userId } }),
    onSettled,
  });
  return { requests: (isOwner && query.data) || NOBODY, isKnown: query.isSuccess, grant, decline };
}

/** Calls back for everybody who begins to ask while the document is open. */
export function useNewRequests(
  { requests, isKnown }: ReturnType<typeof useAccessRequests>,
  onNew: (request: AccessRequest) => void,
): void {
  const known = useRef<ReadonlySet<string> | null>(null);
  const tell = useEffectEvent(onNew);
  useEffect(() => {
    if (!isKnown) return;
    const before = known.current;
    known.current = new Set(requests.map(({ person }) => person.id));
    if (before === null) return;
    for (const request of requests) if (!before.has(request.person.id)) tell(request);
  }, [requests, isKnown]);
}
