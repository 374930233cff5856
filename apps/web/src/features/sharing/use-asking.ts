import type { DocumentSummary } from '@cahier/protocol';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { api } from '../../api/client.ts';
import { documentQuery } from '../../api/queries.ts';

/** Asks the owner of a document for access, or for the right to write. */
export function useAsking(documentId: string) {
  return useMutation({
    mutationFn: () => api.requestAccess({ params: { documentId } }),
  });
}

const FIRST_LOOK_MS = 4_000;
/** Every look comes so much later than the one before, up to the last pace. */
const SLACKENING = 1.2;
const LAST_PACE_MS = 20_000;

export interface Awaiting {
  documentId: string;
  /** Whether there is anything to wait for. */
  isWaiting: boolean;
  /** Whether what the server says now is what is waited for. */
  isEnough: (document: DocumentSummary) => boolean;
  onGranted: () => void;
}

/**
 * Waits until somebody may read, or write, a document that they hear nothing of: asks the server now and then, for as long
 * as somebody looks at the page, and soon when they look again.
 */
export function useAwaitedAccess({ documentId, isWaiting, isEnough, onGranted }: Awaiting): void {
  const queryClient = useQueryClient();
  /** Gives whether the wait is over. */
  const look = useEffectEvent(async (): Promise<boolean> => {
    if (document.visibilityState === 'hidden') return false;
    try {
      const known = await api.getDocument({ params: { documentId } });
      if (!isEnough(known)) return false;
      queryClient.setQueryData(documentQuery(documentId).queryKey, known);
      void queryClient.invalidateQueries({ queryKey: ['documents'] });
      onGranted();
      return true;
    } catch {
      return false; // Not yet; or the server is away, which is said elsewhere.
    }
  });

  useEffect(() => {
    if (!isWaiting) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const lookEvery = (delayMs: number) => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const isGranted = await look();
        if (!isOver && !isGranted) lookEvery(Math.min(delayMs * SLACKENING, LAST_PACE_MS));
      }, delayMs);
    };
    const onVisible = () => {
      if (document.visibilityState === 'visible') lookEvery(FIRST_LOOK_MS / 4);
    };
    lookEvery(FIRST_LOOK_MS);
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [isWaiting]);
}
