import type { Logger } from '../diagnostics/logger.ts';
import type { Transport } from '../transports/transport.ts';
import { type Subscription, subscriptionUpdate } from './subscription.ts';

/** Tells whoever follows the active subscriptions, here and in other processes, that some have begun or ended. */
export class Announcements {
  readonly #transport: Transport;
  readonly #hubPath: () => string;
  readonly #logger: Logger;
  /** What is being entered into the directory, one after the other. */
  #entering: Promise<void> = Promise.resolve();

  constructor(transport: Transport, hubPath: () => string, logger: Logger) {
    this.#transport = transport;
    this.#hubPath = hubPath;
    this.#logger = logger;
  }

  announce(subscriptions: readonly Subscription[], active: boolean): void {
    const { directory } = this.#transport;
    if (directory === undefined) {
      this.#publish(subscriptions, active);
      return;
    }
    // Entered before it is published, so that no list is older than the events that come before its cursor.
    this.#entering = this.#entering
      .then(() => directory.update(subscriptions, active))
      .catch((error: unknown) => this.#logger.error('Subscriptions could not be entered', { active, error }))
      .then(() => this.#publish(subscriptions, active));
  }

  /** Resolves when everything announced so far has been given to the transport. */
  async settled(): Promise<void> {
    await this.#entering;
  }

  #publish(subscriptions: readonly Subscription[], active: boolean): void {
    for (const subscription of subscriptions) {
      const { subscriber } = subscription;
      this.#transport
        .publish(subscriptionUpdate(subscription, this.#hubPath(), active))
        .catch((error: unknown) =>
          this.#logger.error('A subscription could not be announced', { subscriber, active, error }),
        );
    }
  }
}
