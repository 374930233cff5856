import {
  createIndexedDbAbsences,
  createProvider,
  type Provider,
  type ProviderState,
  unsentEdits,
} from '@cahier/y-mercure';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import { Doc } from 'yjs';
import { accountOf } from './account.ts';

export interface ProviderRequest {
  documentId: string;
  /** Whether this person may write, or has something here that they wrote when they could; `undefined`: nothing is opened. */
  writes: boolean | undefined;
  userId: string;
}

/** An open document: its provider, where it stands, and whether its text has ever been complete here. */
export interface OpenDocument {
  readonly provider: Provider;
  readonly state: ProviderState;
  /** The document can be shown: it was loaded completely, even if the connection, or the right to it, is gone by now. */
  readonly loaded: boolean;
}

/** Whether edits of a document wait in this browser. Where storage is forbidden there are none. */
const hasUnsent = (userId: string, documentId: string) =>
  unsentEdits(userId).then(
    counts => counts.has(documentId),
    () => false,
  );

const LOADING: ProviderState = { phase: 'loading' };

/**
 * Opens a document for as long as the component lives. When the right to write comes or goes, the same document is
 * opened anew accordingly; unless something is unsent, which is then kept as it is until `startOver`.
 */
export function useProvider({ documentId, writes, userId }: ProviderRequest) {
  const [doc, setDoc] = useState(() => new Doc());
  const [granted, setGranted] = useState(writes);
  const [loadedDoc, setLoadedDoc] = useState<Doc>();
  const [provider, setProvider] = useState<Provider>();

  useEffect(() => {
    if (granted === undefined) return;
    let opened: Provider | undefined;
    let isOver = false;
    const open = (readOnly: boolean) => {
      if (isOver) return;
      const { api, streams } = accountOf(userId);
      const absences = createIndexedDbAbsences({ userId, documentId });
      opened = createProvider({ documentId, doc, api, streams, readOnly, userId, absences });
      setProvider(opened);
    };
    // What a reader wrote when they were an editor is theirs: they see it, and hear from the server that it is too late.
    if (granted) open(false);
    else void hasUnsent(userId, documentId).then(found => open(!found));
    return () => {
      isOver = true;
      setProvider(undefined);
      void opened?.destroy();
    };
  }, [documentId, doc, granted, userId]);

  const state = useSyncExternalStore(
    useCallback((listener: () => void) => provider?.subscribe(listener) ?? (() => {}), [provider]),
    () => provider?.state ?? LOADING,
  );

  const unsent = state.phase === 'live' || state.phase === 'ended' ? state.unsent : 0;
  if (writes !== undefined && writes !== granted && unsent === 0) setGranted(writes);
  if (state.phase === 'live' && loadedDoc !== doc) setLoadedDoc(doc);

  /** Lets go of what is unsent and loads the document as the server has it. */
  const startOver = useCallback(async () => {
    await provider?.discard();
    setDoc(new Doc());
    setGranted(writes);
  }, [provider, writes]);

  const isLeftBehind = state.phase === 'ended' && state.unsent > 0 && state.whole;
  const open: OpenDocument | undefined =
    provider === undefined ? undefined : { provider, state, loaded: loadedDoc === doc || isLeftBehind };
  return { open, startOver };
}
