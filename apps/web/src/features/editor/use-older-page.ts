import { DOCUMENT_SCHEMA_VERSION, documentSchema } from '@cahier/editor-schema';
import { DOCUMENT_ROOT } from '@cahier/protocol';
import { onUnknown } from '@cahier/y-prose';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Doc } from 'yjs';
import { api } from '../../api/client.ts';

/**
 * How this page stands to a document:
 *
 * - `current`: it knows what it has to know. Also where something in the document is unknown to everybody: it is shown as
 *   that, and nobody is kept from writing.
 * - `asking`: there is something it does not know, perhaps because a newer page has put it there.
 * - `older`: there is something it does not know, and there is a newer page.
 * - `unsure`: there is something it does not know, and the server cannot be asked.
 */
export type PageAge = 'current' | 'asking' | 'older' | 'unsure';

/** How long until a server that did not answer is asked again. */
const ASK_AGAIN_MS = 10_000;

/** Looks, as long as the component lives, whether the page is too old to write in a document. */
export function useOlderPage(doc: Doc): PageAge {
  const [unknownIn, setUnknownIn] = useState<Doc>();
  const isUnknown = unknownIn === doc;
  useEffect(() => onUnknown(doc.getText(DOCUMENT_ROOT), documentSchema, () => setUnknownIn(doc)), [doc]);
  const newest = useQuery({
    queryKey: ['newest schema'],
    queryFn: async ({ signal }) => (await api.getConfig({}, { signal })).documentSchema,
    enabled: isUnknown,
    // What was known when the page was opened says nothing.
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data === undefined ? ASK_AGAIN_MS : false),
  });
  if (!isUnknown) return 'current';
  if (newest.data !== undefined) return newest.data > DOCUMENT_SCHEMA_VERSION ? 'older' : 'current';
  return newest.isError ? 'unsure' : 'asking';
}
