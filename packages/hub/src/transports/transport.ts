import type { Update } from '../messages/update.ts';

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

/**
 * Where updates are kept and how they reach every hub that shares them. The hub does matching, authorization and
 * delivery; a transport knows nothing of subscribers. The contract is proven by `test/transport-contract.ts`.
 */
export interface Transport {
  /** The id of the newest event in the history, as far as this process knows, or `earliest` when there is none. */
  readonly lastEventId: string;

  /**
   * Stores an update (unless it is ephemeral) and sends it to all listeners. Resolves once it is as durable as this
   * transport makes it; rejects when it is not stored, and then nobody gets it.
   */
  publish(update: Update): Promise<void>;

  /**
   * Calls `listener` with every event from now on, whichever process published it, in order of position. When an event
   * arrives here, `read` already finds it. A listener does not throw. Returns the function that ends the listening.
   */
  listen(listener: (event: LiveEvent) => void): () => void;

  /**
   * The position of the event with this id, the earliest one if several share it; for `earliest` the position before
   * the oldest event; undefined when the history does not have it, or has it no more.
   */
  find(id: string): Promise<Position | undefined>;

  /**
   * Up to `limit` events after a position, in order; none when it is the end of the history. Undefined when events
   * after it have been discarded, so that a slow reader notices the hole.
   */
  read(after: Position, limit: number): Promise<readonly StoredEvent[] | undefined>;

  /** How much the history holds, as far as this process knows; absent where that is not known. */
  readonly historySize?: { readonly events: number; readonly bytes: number };

  /** Whether it can store and deliver at this moment. */
  ready(): Promise<boolean>;

  /** Releases what it holds, after what is being published. */
  close(): Promise<void>;
}
