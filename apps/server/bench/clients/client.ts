/** One participant in one document, as thin as can be: it speaks a server's protocol and keeps no document. */
export interface Client {
  /** Everything read from the server since it connected, headers and framing included. */
  readonly bytesReceived: number;
  /** Sends an edit (a Yjs update). */
  send(update: Uint8Array): void;
  close(): void;
}

export interface ClientEvents {
  /** Part of what the document held when it was opened, or an edit made since, perhaps our own. */
  onUpdate(update: Uint8Array): void;
  /** The server says that it has so many more of the updates that were sent here. */
  onAcknowledged?(updates: number): void;
  /** The connection is of no use any more. */
  onFailure(reason: string): void;
}

/** Opens a document as one of the prepared people; resolves once all that it holds has been handed over. */
export type Connect = (documentId: string, person: number, events: ClientEvents) => Promise<Client>;
