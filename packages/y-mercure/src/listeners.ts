/** Those who want to hear of named events, each with a value of its own kind. */
export class Listeners<Events> {
  readonly #listeners = new Map<keyof Events, Set<(value: never) => void>>();

  /** Gives a function that ends it. */
  add<Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(value as never);
  }
}
