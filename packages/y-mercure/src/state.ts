import type { RequestError } from '@cahier/protocol';

/**
 * Why a provider has ended:
 * - `logged_out`: the session is over;
 * - `access_withdrawn`: the document is not shared with this person any more, or is gone;
 * - `trashed`: the document was put in the trash;
 * - `read_only`: this person may read the document but not change it (any more);
 * - `refused`: the server does not take an edit for a reason that no repetition mends (it is too large, say);
 * - `closed`: `destroy` was called.
 */
export type EndReason = 'logged_out' | 'access_withdrawn' | 'trashed' | 'read_only' | 'refused' | 'closed';

/**
 * - `saved`: every edit made here is committed on the server's disk;
 * - `saving`: some are on their way;
 * - `offline`: some are not saved, and the last attempt to send them failed. They are kept and sent again.
 */
export type SaveStatus = 'saved' | 'saving' | 'offline';

/** Where a provider stands. The object is replaced when, and only when, something in it changes. */
export type ProviderState =
  /** The document is not here yet: show no editor. */
  | { readonly phase: 'loading' }
  /** It could not be loaded. `retryAt` (milliseconds since the epoch): the next attempt; null: there is none. */
  | { readonly phase: 'failed'; readonly error: RequestError; readonly retryAt: number | null }
  | {
      readonly phase: 'live';
      readonly save: SaveStatus;
      /** How many edits (Yjs updates) are not acknowledged yet. */
      readonly unsent: number;
      /** Whether what is unsent is kept on this device when the page is closed. */
      readonly kept: boolean;
      /**
       * Whether the edits of others arrive: `open`, as they are made; `polling`, some seconds later, because there is
       * no stream, or the network holds it back; `connecting`: not at the moment.
       */
      readonly stream: 'open' | 'polling' | 'connecting';
      /** Why saving failed last, while `save` is `offline`. */
      readonly problem: RequestError | null;
    }
  /** Nothing is sent or received any more; the document still holds what it held. */
  | {
      readonly phase: 'ended';
      readonly reason: EndReason;
      readonly error: RequestError | null;
      readonly unsent: number;
      /** Whether what is unsent is kept on this device, and taken up again by whoever opens the document next. */
      readonly kept: boolean;
      /** Whether the document is whole and may be shown: it was here before, or a copy of it was, with all that is unsent in it. */
      readonly whole: boolean;
    };

export function sameState(a: ProviderState, b: ProviderState): boolean {
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(key => a[key as keyof ProviderState] === b[key as keyof ProviderState])
  );
}
