/** Streams written in one turn of the event loop, about a millisecond's worth; then others get their turn too. */
const WRITES_PER_TURN = 256;

/** A stream that has something to write. */
export interface Waiting {
  /** Writes what waits. Does not throw. */
  flush(): void;
}

interface Mark {
  /** How many streams were queued before it was set. */
  readonly after: number;
  readonly passed: () => void;
}

/**
 * The streams that have something to write, in the order in which it came. They are written at the end of the turn of
 * the event loop; what a burst publishes meanwhile, or what arrives while others are written, is written with it. So a
 * hub at rest delivers at once, and a busy one in larger pieces the busier it is.
 */
export class WriteQueue {
  /** Being written, from `#next` on. */
  #writing: Waiting[] = [];
  #next = 0;
  /** Come after those. */
  #queued: Waiting[] = [];
  #queuedTotal = 0;
  #writtenTotal = 0;
  readonly #marks: Mark[] = [];
  #scheduled = false;

  /** Adds a stream; it is not in the queue. */
  add(stream: Waiting): void {
    this.#queued.push(stream);
    this.#queuedTotal++;
    this.#schedule();
  }

  /** Calls back when everything has been written that waits now; at once if nothing does. */
  whenWritten(passed: () => void): void {
    if (this.#writtenTotal === this.#queuedTotal) passed();
    else this.#marks.push({ after: this.#queuedTotal, passed });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#writeSome();
      if (this.#writtenTotal < this.#queuedTotal) this.#schedule();
    });
  }

  #writeSome(): void {
    for (let count = 0; count < WRITES_PER_TURN; count++) {
      const stream = this.#take();
      if (stream === undefined) break;
      this.#writtenTotal++;
      stream.flush();
    }
    const ahead = this.#marks.findIndex(mark => mark.after > this.#writtenTotal);
    for (const { passed } of this.#marks.splice(0, ahead === -1 ? this.#marks.length : ahead)) passed();
  }

  #take(): Waiting | undefined {
    if (this.#next === this.#writing.length) {
      this.#writing = this.#queued;
      this.#queued = [];
      this.#next = 0;
    }
    const stream = this.#writing[this.#next];
    if (stream !== undefined) this.#next++;
    return stream;
  }
}
