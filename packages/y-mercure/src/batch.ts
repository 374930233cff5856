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

  /** The size of its edits: merged, they are never larger than side by side. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param maxBytes - what the way to the server lets through, at most {@link MAX_UPDATE_BYTES} */
  hasRoomFor(update: Uint8Array, maxBytes = MAX_UPDATE_BYTES): boolean {
    return this.#sealed === undefined && this.#bytes + update.length <= maxBytes;
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
