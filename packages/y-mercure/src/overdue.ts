/** An edit that is on the server's disk comes down the stream within this time, unless something holds it back. */
const PATIENCE_MS = 3_000;

/** Notices when what was acknowledged does not come down the stream. */
export class Overdue {
  readonly #onOverdue: () => void;
  #arrived = 0;
  #expected = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onOverdue: () => void) {
    this.#onOverdue = onOverdue;
  }

  /** An entry of the log, by its number, is on its way. */
  expect(seq: number): void {
    this.#expected = Math.max(this.#expected, seq);
    this.#watch();
  }

  /** The stream has told of the log up to here. */
  arrived(seq: number): void {
    this.#arrived = Math.max(this.#arrived, seq);
  }

  /** There is no stream that could bring anything. */
  forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#expected = 0;
  }

  /** One timer at a time: what is expected while it runs is watched by the next one. */
  #watch(): void {
    if (this.#timer !== undefined || this.#expected <= this.#arrived) return;
    const awaited = this.#expected;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (awaited > this.#arrived) this.#onOverdue();
      else this.#watch();
    }, PATIENCE_MS);
  }
}
