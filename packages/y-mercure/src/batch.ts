import { MAX_UPDATE_BYTES } from '@cahier/protocol';
import { mergeAll } from './updates.ts';

/** Edits that are sent as one. Once sealed (sent, perhaps) it never changes: a retry repeats the same bytes. */
export class Batch {
  readonly id: string;
  readonly edits: Uint8Array[] = [];
  /** Those who want to know when it is acknowledged. */
  readonly waiting: PromiseWithResolvers<void>[] = [];
  #bytes = 0;
  #sealed: Uint8Array | undefined;

  constructor(id: string) {
    this.id = id;
  }

  hasRoomFor(update: Uint8Array): boolean {
    // Merged, updates are never larger than side by side.
    return this.#sealed === undefined && this.#bytes + update.length <= MAX_UPDATE_BYTES;
  }

  add(update: Uint8Array): void {
    this.edits.push(update);
    this.#bytes += update.length;
  }

  /** Closes it, and gives its edits as one update. */
  seal(): Uint8Array {
    this.#sealed ??= mergeAll(this.edits);
    return this.#sealed;
  }
}
