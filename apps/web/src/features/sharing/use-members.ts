import type { GrantableRole } from '@cahier/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { membersQuery } from '../../api/queries.ts';

/** Gives, changes and takes away access to a document. */
export function useMembers(documentId: string) {
  const queryClient = useQueryClient();
  const onSettled = () => queryClient.invalidateQueries({ queryKey: membersQuery(documentId).queryKey });
  const invite = useMutation({
    mutationFn: (body: { email: string; role: GrantableRole }) =>
      api.addMember({ params: { documentId }, body }),
    onSettled,
  });
  const change = useMutation({
    mutationFn: ({ userId, role }: { userId: string; role: GrantableRole }) =>
      api.changeMember({ params: { documentId, userId }, body: { role } }),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (userId: string) => api.removeMember({ params: { documentId, userId } }),
    onSettled,
  });
  return { invite, change, remove };
}
