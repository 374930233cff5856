import { type DocumentSummary, RequestError, type Session } from '@cahier/protocol';
import { unsentEdits } from '@cahier/y-mercure';
import { queryOptions } from '@tanstack/react-query';
import { api } from './client.ts';
import { askOrRecall, drop, isReachable, keep, kept, keptBelow } from './kept.ts';

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

/** Who is logged in; `null`: nobody. Without the server: whoever was logged in here last, and did not log out. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) =>
    askOrRecall(
      () => getSession(signal),
      () => kept<Session>('session'),
    ),
  staleTime: 60_000,
});

async function getSession(signal: AbortSignal): Promise<Session | null> {
  try {
    const session = await api.getSession({}, { signal });
    keep('session', session);
    return session;
  } catch (error) {
    if (error instanceof RequestError && error.code === 'unauthenticated') return null;
    throw error;
  }
}

/** What is kept belongs to one person. */
const mine = (name: string) => `${kept<Session>('session')?.user.id ?? 'nobody'}:${name}`;

const listName = (trash: boolean) => mine(trash ? 'trash' : 'documents');

const REFRESH_LIST_MS = 30_000;
/** So soon it is noticed that the server is back. */
const LOOK_AGAIN_MS = 4_000;
/** Documents of a list that are known without the server. */
const MAX_KEPT = 1_000;

/** My documents and those shared with me, or what I put in the trash. Refreshed while somebody looks at it. */
export const documentsQuery = (trash: boolean) =>
  queryOptions({
    queryKey: ['documents', { trash }],
    queryFn: ({ signal }) =>
      askOrRecall(
        async () => {
          const query = { trash: trash ? 'true' : 'false' } as const;
          const { documents } = await api.listDocuments({ query }, { signal });
          keep(listName(trash), documents.slice(0, MAX_KEPT));
          return documents;
        },
        () => (trash ? kept<DocumentSummary[]>(listName(true)) : knownDocuments()),
      ),
    refetchInterval: () => (isReachable() ? REFRESH_LIST_MS : LOOK_AGAIN_MS),
  });

/** Without the server: the list as it was, and documents that were opened since, or without it. */
function knownDocuments(): DocumentSummary[] | undefined {
  const opened = keptBelow<DocumentSummary>(mine('document:'));
  const listed = kept<DocumentSummary[]>(listName(false));
  if (listed === undefined && opened.length === 0) return undefined;
  const known = new Map([...(listed ?? []), ...opened].map(document => [document.id, document]));
  return [...known.values()]
    .filter(({ trashedAt }) => trashedAt === null)
    .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
}

async function getDocument(documentId: string, signal: AbortSignal): Promise<DocumentSummary> {
  const name = mine(`document:${documentId}`);
  try {
    const document = await api.getDocument({ params: { documentId } }, { signal });
    keep(name, document);
    return document;
  } catch (error) {
    const isGone = error instanceof RequestError && error.code === 'document_not_found';
    if (isGone && !(await hasUnsent(documentId))) drop(name);
    throw error;
  }
}

/** Whether edits of mine wait here: they are shown with the document's name, also when I have no access to it any more. */
async function hasUnsent(documentId: string): Promise<boolean> {
  const userId = kept<Session>('session')?.user.id;
  const unsent = userId === undefined ? undefined : await unsentEdits(userId).catch(() => undefined);
  return unsent?.has(documentId) ?? false;
}

/** What the server said last about a document, which may be long ago; undefined: nothing is known. */
export const lastKnown = (documentId: string): DocumentSummary | undefined =>
  kept<DocumentSummary>(mine(`document:${documentId}`)) ??
  kept<DocumentSummary[]>(listName(false))?.find(({ id }) => id === documentId);

/** Nothing that is known of the document is of any use here any more. */
export const forgetDocument = (documentId: string): void => drop(mine(`document:${documentId}`));

/** One document, without its text. */
export const documentQuery = (documentId: string) =>
  queryOptions({
    queryKey: ['document', documentId],
    queryFn: ({ signal }) =>
      askOrRecall(
        () => getDocument(documentId, signal),
        () => lastKnown(documentId),
      ),
  });

/** Who has access to a document. */
export const membersQuery = (documentId: string) =>
  queryOptions({
    queryKey: ['document', documentId, 'members'],
    queryFn: async ({ signal }) => (await api.listMembers({ params: { documentId } }, { signal })).members,
  });

/** Who asks for access to a document; for its owner alone. */
export const accessRequestsQuery = (documentId: string) =>
  queryOptions({
    queryKey: ['document', documentId, 'access-requests'],
    queryFn: async ({ signal }) =>
      (await api.listAccessRequests({ params: { documentId } }, { signal })).requests,
  });

const REFRESH_UNSENT_MS = 3_000;

/** How many edits wait on this device to be sent, by document. */
export const unsentQuery = (userId: string) =>
  queryOptions({
    queryKey: ['unsent', userId],
    queryFn: () => unsentEdits(userId).catch(() => new Map<string, number>()),
    refetchInterval: REFRESH_UNSENT_MS,
  });
