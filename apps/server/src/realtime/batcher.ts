interface Pending<Item> {
  items: Item[];
  running: Promise<void>;
}

/**
 * Hands items on, key by key and in their order: the first at once, those that come within `windowMs` of it (or while
 * the handling goes on) together.
 */
export class Batcher<Item> {
  readonly #windowMs: number;
  readonly #handle: (key: string, items: Item[]) => Promise<void>;
  readonly #shorten: (items: Item[]) => Item[];
  readonly #pending = new Map<string, Pending<Item>>();

  /**
   * @param handle - never rejects
   * @param shorten - keeps what waits for a slow `handle` small: called with all that waits whenever an item has come
   */
  constructor(
    windowMs: number,
    handle: (key: string, items: Item[]) => Promise<void>,
    shorten: (items: Item[]) => Item[],
  ) {
    this.#windowMs = windowMs;
    this.#handle = handle;
    this.#shorten = shorten;
  }

  add(key: string, item: Item): void {
    const pending = this.#pending.get(key);
    if (pending) {
      pending.items.push(item);
      pending.items = this.#shorten(pending.items);
      return;
    }
    const fresh: Pending<Item> = { items: [item], running: Promise.resolve() };
    this.#pending.set(key, fresh);
    fresh.running = this.#run(key, fresh);
  }

  /** Resolves when everything added so far has been handed on. */
  async drain(): Promise<void> {
    await Promise.all([...this.#pending.values()].map(({ running }) => running));
  }

  async #run(key: string, pending: Pending<Item>) {
    while (pending.items.length > 0) {
      const { items } = pending;
      pending.items = [];
      await Promise.all([this.#handle(key, items), delay(this.#windowMs)]);
    }
    this.#pending.delete(key);
  }
}

const delay = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));
