/** An edit that is on the server's disk comes down the stream within this time, unless something holds it back. */
const PATIENCE_MS = 3_000;

/** Notices when what was acknowledged does not come down the stream. */
export class Overdue {
  readonly #onOverdue: () => void;
  #arrived = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onOverdue: () => void) {
    this.#onOverdue = onOverdue;
  }

  /** An entry of the log, by its number, is on its way. */
  expect(seq: number): void {
    if (seq <= this.#arrived) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (seq > this.#arrived) this.#onOverdue();
    }, PATIENCE_MS);
  }

  /** The stream has told of the log up to here. */
  arrived(seq: number): void {
    this.#arrived = Math.max(this.#arrived, seq);
  }

  /** There is no stream that could bring anything. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
