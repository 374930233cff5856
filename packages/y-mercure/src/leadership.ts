export interface LeadershipOptions {
  onGained(): void;
  /** Somebody else has taken it; we are in the line again. */
  onLost(): void;
}

/**
 * One of all tabs leads: the one that holds a lock. When it goes away, however suddenly, the browser gives the lock to the
 * next in the line.
 */
export class Leadership {
  readonly #locks: LockManager;
  readonly #name: string;
  readonly #options: LeadershipOptions;
  #waiting = new AbortController();
  #release: (() => void) | undefined;
  #closed = false;

  constructor(locks: LockManager, name: string, options: LeadershipOptions) {
    this.#locks = locks;
    this.#name = name;
    this.#options = options;
    this.#request({});
  }

  get isHeld(): boolean {
    return this.#release !== undefined;
  }

  /** Takes it from whoever holds it: a tab that the browser has put to sleep answers nobody, and keeps its lock. */
  take(): void {
    if (this.isHeld || this.#closed) return;
    this.#waiting.abort();
    this.#request({ steal: true });
  }

  /** Lets go of it, for good. */
  close(): void {
    this.#closed = true;
    this.#waiting.abort();
    this.#release?.();
    this.#release = undefined;
  }

  #request(options: LockOptions): void {
    const waiting = new AbortController();
    this.#waiting = waiting;
    // A lock that is stolen cannot be waited for at the same time (Web Locks, section 3.3).
    const how = options.steal === true ? options : { ...options, signal: waiting.signal };
    this.#locks
      .request(this.#name, how, () => {
        if (waiting.signal.aborted || this.#closed) return undefined;
        return new Promise<void>(release => {
          this.#release = release;
          this.#options.onGained();
        });
      })
      .catch(() => {
        if (this.#closed || waiting !== this.#waiting) return;
        const wasHeld = this.isHeld;
        this.#release = undefined;
        this.#request({});
        if (wasHeld) this.#options.onLost();
      });
  }
}
