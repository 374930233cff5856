import type { DocumentSummary, RequestError } from '@cahier/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { documentQuery } from '../../api/queries.ts';
import { failureText } from '../../ui/failure.ts';
import { toast } from '../../ui/toasts.tsx';
import { titleOf } from './rights.ts';

type Identified = Pick<DocumentSummary, 'id'>;

/** What can be done with a document as a whole. Failures are told in a toast; lists are brought up to date. */
export function useDocumentActions() {
  const queryClient = useQueryClient();
  const refreshLists = () => queryClient.invalidateQueries({ queryKey: ['documents'] });
  const know = (document: DocumentSummary) => {
    queryClient.setQueryData(documentQuery(document.id).queryKey, document);
  };
  const tellFailure = (error: RequestError) => {
    if (error.code !== 'unauthenticated') toast(failureText(error));
  };
  const settled = { onError: tellFailure, onSettled: refreshLists };

  const create = useMutation({
    mutationFn: () => api.createDocument({ body: {} }),
    onSuccess: know,
    ...settled,
  });

  const rename = useMutation({
    mutationFn: ({ id, title }: { id: string; title: string }) =>
      api.renameDocument({ params: { documentId: id }, body: { title } }),
    onSuccess: know,
    ...settled,
  });

  const restore = useMutation({
    mutationFn: ({ id }: Identified) => api.restoreDocument({ params: { documentId: id } }),
    onSuccess: document => {
      know(document);
      toast(`“${titleOf(document)}” is back among your documents.`);
    },
    ...settled,
  });

  const trash = useMutation({
    mutationFn: ({ id }: DocumentSummary) => api.trashDocument({ params: { documentId: id } }),
    onSuccess: (_, document) => {
      queryClient.removeQueries({ queryKey: documentQuery(document.id).queryKey });
      toast(`“${titleOf(document)}” is in the trash.`, {
        action: { label: 'Undo', onPress: () => restore.mutate(document) },
      });
    },
    ...settled,
  });

  const leave = useMutation({
    mutationFn: ({ document, userId }: { document: DocumentSummary; userId: string }) =>
      api.removeMember({ params: { documentId: document.id, userId } }),
    onSuccess: (_, { document }) => {
      queryClient.removeQueries({ queryKey: documentQuery(document.id).queryKey });
      toast(`You have left “${titleOf(document)}”.`);
    },
    ...settled,
  });

  return { create, rename, restore, trash, leave };
}
