interface BatcherOptions<Item> {
  /** What comes too fast shares one call in so many milliseconds. */
  readonly windowMs: number;
  /** As long as `add` is not called more often than this in a window, what it brings is handed on at once. Default: 1. */
  readonly promptAdds?: number;
  /** Never rejects. While it goes on, items gather. */
  readonly handle: (key: string, items: Item[]) => Promise<void>;
  /** Keeps what waits for a slow `handle` small: called with all that waits whenever an item has come. */
  readonly shorten: (items: Item[]) => Item[];
}

/**
 * Hands items on, key by key and in their order: at once where few come, together where many do, so that the work for a
 * busy key grows with the time that passes and not with the items.
 */
export class Batcher<Item> {
  readonly #options: Required<BatcherOptions<Item>>;
  readonly #lanes = new Map<string, { lane: Lane<Item>; running: Promise<void> }>();

  constructor(options: BatcherOptions<Item>) {
    this.#options = { promptAdds: 1, ...options };
  }

  add(key: string, ...items: Item[]): void {
    const known = this.#lanes.get(key);
    if (known) {
      known.lane.add(items);
      return;
    }
    const lane = new Lane(key, items, this.#options);
    this.#lanes.set(key, { lane, running: this.#run(key, lane) });
  }

  /** Resolves when everything added so far has been handed on. */
  async drain(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map(({ running }) => running));
  }

  async #run(key: string, lane: Lane<Item>) {
    while (lane.openWindow()) {
      await delay(this.#options.windowMs);
      await lane.handling;
    }
    this.#lanes.delete(key);
  }
}

/** What comes for one key, from window to window. */
class Lane<Item> {
  /** Settled when nothing is being handled. */
  handling: Promise<void> = Promise.resolve();
  readonly #key: string;
  readonly #options: Required<BatcherOptions<Item>>;
  #waiting: Item[];
  /** How often something was added to what waits. */
  #adds = 1;
  #isHandling = false;
  #wasUsed = false;
  /** How often what is added may still go out at once in this window. */
  #prompt = 0;

  constructor(key: string, first: Item[], options: Required<BatcherOptions<Item>>) {
    this.#key = key;
    this.#options = options;
    this.#waiting = first;
  }

  add(items: readonly Item[]): void {
    this.#adds++;
    this.#waiting.push(...items);
    this.#waiting = this.#options.shorten(this.#waiting);
    if (this.#prompt > 0 && !this.#isHandling) this.handling = this.#handOn();
  }

  /**
   * Hands on what has gathered. After a window in which too much did, nothing goes out before the end of the next.
   *
   * @returns whether the window is worth waiting for: something has come since the last one was opened
   */
  openWindow(): boolean {
    const isNeeded = this.#adds > 0 || this.#wasUsed;
    this.#prompt = this.#adds > this.#options.promptAdds ? 0 : this.#options.promptAdds;
    this.#wasUsed = false;
    if (this.#adds > 0) this.handling = this.#handOn();
    return isNeeded;
  }

  async #handOn(): Promise<void> {
    this.#isHandling = true;
    this.#wasUsed = true;
    do {
      const items = this.#waiting;
      this.#prompt = Math.max(this.#prompt - this.#adds, 0);
      this.#waiting = [];
      this.#adds = 0;
      await this.#options.handle(this.#key, items);
    } while (this.#prompt > 0 && this.#adds > 0);
    this.#isHandling = false;
  }
}

const delay = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
