/**
 * Topics of a document. The access generation is part of them and changes when a right is withdrawn, so that a token
 * given out before matches nothing any more, whoever runs the hub.
 */
export interface DocumentTopics {
  /** Edits, new titles, changes of access: kept in the hub's history. */
  readonly document: string;
  /** Who is here and where their cursors are: ephemeral. */
  readonly presence: string;
}

/**
 * @param publicUrl - the application's own URL, without a trailing slash
 * @param documentId - the document's id
 * @param accessGeneration - how often a right on this document has been withdrawn so far
 */
export function documentTopics(
  publicUrl: string,
  documentId: string,
  accessGeneration: number,
): DocumentTopics {
  const document = `${publicUrl}/documents/${documentId}/live/${accessGeneration}`;
  return { document, presence: `${document}/presence` };
}

/**
 * The topic of one stream, for what concerns nobody else. The person is part of it, so that nobody can be made to hear
 * something by those who know the name of their stream.
 */
export function streamTopic(publicUrl: string, userId: string, connection: string): string {
  return `${publicUrl}/people/${userId}/streams/${connection}`;
}

/** Where the hub lives on its origin (Mercure specification, section "Discovery"). */
export const HUB_PATH = '/.well-known/mercure';
