import type { Awareness } from 'y-protocols/awareness';
import type * as Y from 'yjs';
import type { Absence } from './absence.ts';
import type { ProviderState } from './state.ts';

export interface ProviderEvents {
  /** The document has a new title. */
  renamed: string;
  /** Somebody's rights on the document changed, perhaps ours: ask the API for the role. */
  access: undefined;
  /** The server can be reached again after a while, or the document is open again, and others have changed it meanwhile. */
  changedMeanwhile: Absence;
}

/** Keeps one `Y.Doc` in step with one document. */
export interface Provider {
  readonly documentId: string;
  readonly doc: Y.Doc;
  /** Who is here and where their cursors are; only we ourselves when presence is off. */
  readonly awareness: Awareness;
  readonly state: ProviderState;
  /** The edits that are not acknowledged, merged into one Yjs update; null when there are none. */
  readonly unsent: Uint8Array | null;
  /** The last absence of the person here in which others changed the document; null: there was none. */
  readonly missed: Absence | null;
  /** Calls `listener` after every change of `state`. Gives a function that stops that. */
  subscribe(listener: () => void): () => void;
  on<Name extends keyof ProviderEvents>(
    name: Name,
    listener: (value: ProviderEvents[Name]) => void,
  ): () => void;
  /** Resolves when every edit made so far is acknowledged; rejects when the provider ends before. */
  flush(): Promise<void>;
  /** Tries at once what waits to be tried again. After a failure or an end (not `closed`) it starts anew. */
  retry(): void;
  /**
   * After an end: forgets the unsent edits, and, where there is no access, what was kept of the document for their sake. They are
   * nowhere else. What `doc` shows is of no use any more.
   */
  discard(): Promise<void>;
  /**
   * Ends it. Unsent edits are still sent as long as that succeeds, and otherwise left to the queue; the promise
   * resolves when that is decided. A document made by the provider is destroyed.
   */
  destroy(): Promise<void>;
}
