interface BatcherOptions<Item> {
  /** What comes too fast shares one call in so many milliseconds. */
  readonly windowMs: number;
  /** As long as no more than so many items come in a window, each is handed on at once. Default: 1. */
  readonly promptItems?: number;
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
    this.#options = { promptItems: 1, ...options };
  }

  add(key: string, item: Item): void {
    const known = this.#lanes.get(key);
    if (known) {
      known.lane.add(item);
      return;
    }
    const lane = new Lane(key, item, this.#options);
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
  #isHandling = false;
  #wasUsed = false;
  /** How many items may still go out at once in this window. */
  #prompt = 0;

  constructor(key: string, first: Item, options: Required<BatcherOptions<Item>>) {
    this.#key = key;
    this.#options = options;
    this.#waiting = [first];
  }

  add(item: Item): void {
    this.#waiting.push(item);
    this.#waiting = this.#options.shorten(this.#waiting);
    if (this.#prompt > 0 && !this.#isHandling) this.handling = this.#handOn();
  }

  /**
   * Hands on what has gathered. After a window in which too much did, nothing goes out before the end of the next.
   *
   * @returns whether the window is worth waiting for: something has come since the last one was opened
   */
  openWindow(): boolean {
    const gathered = this.#waiting.length;
    const isNeeded = gathered > 0 || this.#wasUsed;
    this.#prompt = gathered > this.#options.promptItems ? 0 : this.#options.promptItems;
    this.#wasUsed = false;
    if (gathered > 0) this.handling = this.#handOn();
    return isNeeded;
  }

  async #handOn(): Promise<void> {
    this.#isHandling = true;
    this.#wasUsed = true;
    do {
      const items = this.#waiting;
      this.#waiting = [];
      this.#prompt = Math.max(this.#prompt - items.length, 0);
      await this.#options.handle(this.#key, items);
    } while (this.#prompt > 0 && this.#waiting.length > 0);
    this.#isHandling = false;
  }
}

const delay = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
