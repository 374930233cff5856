/** One edit (a Yjs update) that the server has not acknowledged. Edits of one batch are sent, and acknowledged, as one. */
export interface QueuedEdit {
  /** The UUID under which it is, or will be, sent. */
  readonly batch: string;
  readonly update: Uint8Array;
}

/**
 * Keeps the unacknowledged edits of one person on one document, so that they outlive the program that made them. A
 * queue belongs to one provider; it is a safety net: the provider works from memory, and goes on when the queue fails.
 */
export interface UpdateQueue {
  /** Whether what is in it is still there when the page is gone. Default: false. */
  readonly outlivesPage?: boolean;
  /** Takes over what earlier owners left behind, in the order in which it was made. Called once, first. */
  adopt(): Promise<readonly QueuedEdit[]>;
  append(edit: QueuedEdit): Promise<void>;
  /** Forgets a batch: the server has it. */
  remove(batch: string): Promise<void>;
  /** Keeps a batch, but never offers it for adoption again: the server does not take it. */
  setAside(batch: string): Promise<void>;
  /** Gives up ownership; what is in the queue may then be adopted. */
  close(): Promise<void>;
}

/** A queue that lasts as long as the process; handed to the next provider of the same document, it passes its edits on. */
export function createMemoryQueue(): UpdateQueue {
  let edits: QueuedEdit[] = [];
  const asideBatches = new Set<string>();
  return {
    adopt: async () => edits.filter(edit => !asideBatches.has(edit.batch)),
    append: async edit => {
      edits.push(edit);
    },
    remove: async batch => {
      edits = edits.filter(edit => edit.batch !== batch);
    },
    setAside: async batch => {
      asideBatches.add(batch);
    },
    close: async () => {},
  };
}
