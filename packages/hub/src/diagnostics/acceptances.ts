/**
 * When updates were accepted that are on their way through the transport.
 *
 * The newest has a place of its own, since transports in memory deliver it at once: a map that takes and loses an entry
 * for every update leaves a trail of tables behind, through which the garbage collector takes most of what is published
 * for alive.
 */
export class Acceptances<Update extends object> {
  #newest: Update | undefined;
  #newestAtMs = 0;
  readonly #earlier = new Map<Update, number>();

  /** Notes that an update is accepted now. */
  add(update: Update): void {
    if (this.#newest !== undefined) this.#earlier.set(this.#newest, this.#newestAtMs);
    this.#newest = update;
    this.#newestAtMs = performance.now();
  }

  /** When the update was accepted, by the clock of `performance.now()`, and forgets it; undefined when it was not here. */
  take(update: Update): number | undefined {
    if (this.#newest === update) {
      this.#newest = undefined;
      return this.#newestAtMs;
    }
    if (this.#earlier.size === 0) return undefined;
    const acceptedAtMs = this.#earlier.get(update);
    this.#earlier.delete(update);
    return acceptedAtMs;
  }
}
