import type { Update } from '../messages/update.ts';
import type { Subscription } from '../streams/subscription.ts';

/**
 * A place in the history. Later events have greater positions; nothing else is promised, so that a counter, a row id
 * and a pair of clock and sequence number all fit.
 */
export type Position = bigint;

export interface StoredEvent {
  readonly position: Position;
  readonly update: Update;
}

/** An update on its way to the subscribers: stored ones have a position, ephemeral ones have none. */
export interface LiveEvent {
  readonly position: Position | undefined;
  readonly update: Update;
}

/** Who listens to what in other processes. Needed for lists of active subscriptions only. */
export interface SubscriptionDirectory {
  /**
   * Enters subscriptions of this process's streams (`active`) or takes them out. The hub waits for one call before it
   * makes the next. What a process has entered goes away some time after the process has died.
   */
  update(subscriptions: readonly Subscription[], active: boolean): Promise<void>;
  /** What all processes but this one have entered. */
  others(): Promise<readonly Subscription[]>;
}

/**
 * Where updates are kept and how they reach every hub that shares them. The hub does matching, authorization and
 * delivery; a transport knows nothing of subscribers. Nothing here ties it to one process: README.md has how each
 * member looks on a log that several share. The contract is proven by `test/transport-contract.ts`.
 */
export interface Transport {
  /** The id of the newest event in the history, as far as this process knows, or `earliest` when there is none. */
  readonly lastEventId: string;

  /**
   * Stores an update (unless it is ephemeral) and sends it to all listeners. Resolves once it is as durable as this
   * transport makes it and the listeners of this process have heard it, as the same object; rejects when it is not
   * stored, and then nobody gets it.
   */
  publish(update: Update): Promise<void>;

  /**
   * Calls `listener` with every event from now on, whichever process published it, in order of position. When an event
   * arrives here, `read` already finds it. A listener does not throw. Returns the function that ends the listening.
   *
   * @param onLost - called when stored events may have passed by unheard, as after a long interruption between here and
   *   where the history is. Never called where there is nothing in between
   */
  listen(listener: (event: LiveEvent) => void, onLost?: () => void): () => void;

  /**
   * The position of the event with this id, the earliest one if several share it, or of the one that was discarded last,
   * after which nothing is missing; for `earliest` the position before the oldest event; undefined when the history does
   * not have it, or has it no more.
   */
  find(id: string): Promise<Position | undefined>;

  /**
   * Up to `limit` events after a position, in order; none when it is the end of the history. Undefined when events
   * after it have been discarded, so that a slow reader notices the hole.
   */
  read(after: Position, limit: number): Promise<readonly StoredEvent[] | undefined>;

  /** How much the history holds, as far as this process knows; absent where that is not known. */
  readonly historySize?: { readonly events: number; readonly bytes: number };

  /** Absent where there is only one process. */
  readonly directory?: SubscriptionDirectory;

  /** Whether it can store and deliver at this moment. */
  ready(): Promise<boolean>;

  /** Releases what it holds, after what is being published. */
  close(): Promise<void>;
}
