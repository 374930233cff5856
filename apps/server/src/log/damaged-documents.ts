import type { Db } from '../db/schema.ts';

/**
 * Documents of the former format that could not be brought over at the start. They can neither be read nor written,
 * until an administrator has brought them over, which may happen while the server runs.
 */
export class DamagedDocuments {
  readonly #db: Db;
  readonly #ids: Set<string>;

  constructor(db: Db, ids: Iterable<string>) {
    this.#db = db;
    this.#ids = new Set(ids);
  }

  /** None: nobody need be asked. */
  get isEmpty(): boolean {
    return this.#ids.size === 0;
  }

  async has(documentId: string): Promise<boolean> {
    if (!this.#ids.has(documentId)) return false;
    const former = await this.#db
      .selectFrom('former_documents')
      .select('carried_seq')
      .where('document_id', '=', documentId)
      .executeTakeFirst();
    const isDamaged = former?.carried_seq === null;
    if (!isDamaged) this.#ids.delete(documentId);
    return isDamaged;
  }
}
