/** Lets a limited number of requests through at once, in the order in which they came, and none during a pause. */
export class RequestGate {
  readonly #maxRequests: number;
  readonly #queue: (() => void)[] = [];
  #underWay = 0;
  #pause: NodeJS.Timeout | undefined;

  constructor(maxRequests: number) {
    this.#maxRequests = maxRequests;
  }

  get isPaused(): boolean {
    return this.#pause !== undefined;
  }

  /** Resolves when a request may begin. Its end is to be told by `leave`. */
  enter(): Promise<void> {
    return new Promise(resolve => {
      this.#queue.push(resolve);
      this.#admit();
    });
  }

  leave(): void {
    this.#underWay--;
    this.#admit();
  }

  /** Lets nobody in for so long, or until `resume`. */
  pause(ms: number): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.resume(), ms);
  }

  resume(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#admit();
  }

  #admit() {
    while (!this.isPaused && this.#underWay < this.#maxRequests) {
      const next = this.#queue.shift();
      if (!next) return;
      this.#underWay++;
      next();
    }
  }
}
