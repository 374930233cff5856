import { RequestError, type Session } from '@cahier/protocol';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: RequestError;
  }
}

/** What the server says before anybody has logged in. */
export const configQuery = queryOptions({
  queryKey: ['config'],
  queryFn: ({ signal }) => api.getConfig({}, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who is logged in; `null`: nobody. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await api.getSession({}, { signal });
    } catch (error) {
      if (error instanceof RequestError && error.code === 'unauthenticated') return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

const REFRESH_LIST_MS = 30_000;

/** My documents and those shared with me, or what I put in the trash. Refreshed while somebody looks at it. */
export const documentsQuery = (trash: boolean) =>
  queryOptions({
    queryKey: ['documents', { trash }],
    queryFn: async ({ signal }) =>
      (await api.listDocuments({ query: { trash: trash ? 'true' : 'false' } }, { signal })).documents,
    refetchInterval: REFRESH_LIST_MS,
  });

/** One document, without its text. */
export const documentQuery = (documentId: string) =>
  queryOptions({
    queryKey: ['document', documentId],
    queryFn: ({ signal }) => api.getDocument({ params: { documentId } }, { signal }),
  });

/** Who has access to a document. */
export const membersQuery = (documentId: string) =>
  queryOptions({
    queryKey: ['document', documentId, 'members'],
    queryFn: async ({ signal }) => (await api.listMembers({ params: { documentId } }, { signal })).members,
  });
