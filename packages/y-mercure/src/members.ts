import { type DocumentEvent, type ErrorCode, errors, RequestError } from '@cahier/protocol';
import { judgeReading } from './failures.ts';
import type { StreamListener } from './streams.ts';

/** How a stream stands: `connection` is null while none is open; `documents` are those that it brings. */
export interface StreamStanding {
  readonly connection: string | null;
  readonly documents: readonly string[];
  /** Why there is none: one can be opened, but nothing arrives in time. */
  readonly heldBack: boolean;
}

export const NOT_STANDING: StreamStanding = { connection: null, documents: [], heldBack: false };

/** Those who listen in this process, by document, and what each of them has been told. */
export class Members {
  readonly #told = new Map<string, Map<StreamListener, string | null>>();
  #standing = NOT_STANDING;

  /** Every document that somebody listens to, the first one asked for last. */
  get documents(): string[] {
    return [...this.#told.keys()].reverse();
  }

  add(documentId: string, listener: StreamListener): void {
    const listeners = this.#told.get(documentId) ?? new Map<StreamListener, string | null>();
    this.#told.set(documentId, listeners.set(listener, null));
    // Not before the caller has what it asked for.
    queueMicrotask(() => this.#tell(documentId));
  }

  remove(documentId: string, listener: StreamListener): void {
    const listeners = this.#told.get(documentId);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#told.delete(documentId);
  }

  /** The stream has opened, or opened anew, or is interrupted: everybody whom that concerns is told, once. */
  stand(standing: StreamStanding): void {
    this.#standing = standing;
    for (const documentId of [...this.#told.keys()]) this.#tell(documentId);
  }

  deliver(event: DocumentEvent): void {
    for (const listener of this.#listeners(event.documentId)) listener.onEvent(event);
  }

  /** Something came that was not understood: whatever it was about. */
  deliverUnknown(): void {
    for (const documentId of [...this.#told.keys()]) {
      for (const listener of this.#listeners(documentId)) listener.onUnknownEvent();
    }
  }

  refuse(documentId: string, code: ErrorCode): void {
    this.#end([documentId], new RequestError(code, errors[code].title));
  }

  /** Nobody here may listen to anything, as whoever we were. */
  end(error: RequestError): void {
    this.#end([...this.#told.keys()], error);
  }

  #end(documents: readonly string[], error: RequestError): void {
    const reason = judgeReading(error);
    if (reason === 'retry') return;
    for (const documentId of documents) {
      for (const listener of this.#listeners(documentId)) listener.onEnd(reason, error);
    }
  }

  #tell(documentId: string): void {
    const { connection, documents, heldBack } = this.#standing;
    const current = documents.includes(documentId) ? connection : null;
    for (const listener of this.#listeners(documentId)) {
      const listeners = this.#told.get(documentId);
      const before = listeners?.get(listener);
      if (before === undefined || (before === current && !(current === null && heldBack))) continue;
      listeners?.set(listener, current);
      if (current === null) listener.onInterruption(heldBack);
      else listener.onOpen(current);
    }
  }

  #listeners(documentId: string): StreamListener[] {
    return [...(this.#told.get(documentId)?.keys() ?? [])];
  }
}
