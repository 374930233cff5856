import { Frame } from './frame.ts';

/**
 * Frames to be written together, in order. A batch never changes; adding to it gives another one, and the same one to
 * everybody who adds the same, so that streams with the same events waiting share one copy of the bytes.
 */
export class Batch {
  /** Bytes that it takes at most, framing included. */
  readonly length: number;
  readonly #before: Batch | undefined;
  readonly #last: Frame;
  #frame: Frame | undefined;
  /** The batch that was last made from this one. */
  #longer: Batch | undefined;

  constructor(last: Frame, before?: Batch) {
    this.#last = last;
    this.#before = before;
    this.length = last.chunk.length + (before?.length ?? 0);
  }

  /** This batch and one more frame. */
  with(frame: Frame): Batch {
    let longer = this.#longer;
    if (longer === undefined || longer.#last !== frame) longer = new Batch(frame, this);
    this.#longer = longer;
    return longer;
  }

  /** All of it as one frame. */
  get frame(): Frame {
    this.#frame ??= this.#before === undefined ? this.#last : new Frame(this.#contents());
    return this.#frame;
  }

  #contents(): Buffer[] {
    const contents = [this.#last.content];
    for (let batch = this.#before; batch !== undefined; batch = batch.#before) {
      // Somebody's shorter batch may have been put together already.
      contents.push((batch.#frame ?? batch.#last).content);
      if (batch.#frame !== undefined) break;
    }
    return contents.reverse();
  }
}
