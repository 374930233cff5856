import type { Grant } from '../authorization/authorization.ts';
import type { MatcherSet, TopicMatcher } from '../matching/matcher.ts';
import { createId } from '../messages/opaque-id.ts';
import type { Update } from '../messages/update.ts';
import type { Position } from '../transports/transport.ts';
import type { Batch } from './batch.ts';
import type { CursorHeartbeat } from './cursor.ts';
import type { Frame } from './frame.ts';
import type { Outlet } from './outlet.ts';
import type { Subscription } from './subscription.ts';
import type { Waiting, WriteQueue } from './write-queue.ts';

/** Longest batch: more is written at once, so that a burst within one turn of the event loop does not pile up. */
const MAX_BATCH_BYTES = 64 * 1024;

/** How long a client may take to read what is queued when its stream ends, before the connection is cut. */
const END_GRACE_MS = 5_000;

/** Why a stream ended. */
export type EndReason =
  | 'left'
  | 'too_slow'
  | 'token_expired'
  | 'max_connection'
  | 'history_lost'
  | 'access_ended'
  | 'hub_closed'
  | 'failed';

type State =
  /** Reading the history; `newest` is the newest event that passed by meanwhile and that the history has to reach. */
  | { readonly name: 'catching-up'; newest: Position }
  /** Receiving events as they are published; those up to `after` came from the history. */
  | { readonly name: 'live'; readonly after: Position }
  | { readonly name: 'ended' };

export interface SubscriberOptions {
  readonly matchers: readonly TopicMatcher[];
  /** Undefined for a subscriber without a token. */
  readonly grant: Grant | undefined;
  /** Whether it is sent history before live events. */
  readonly resumes: boolean;
  readonly maxQueueBytes: number;
  /** Where it waits for its turn to be written. */
  readonly writeQueue: WriteQueue;
  /** Called once, when the stream is over. */
  readonly onEnd: (subscriber: Subscriber, reason: EndReason) => void;
}

/** One open event stream: what it may receive, where it stands, what waits for it, and its bounded queue (the socket's own). */
export class Subscriber implements Waiting {
  readonly id = createId();
  readonly matchers: readonly TopicMatcher[];
  readonly subscriptions: readonly Subscription[];
  readonly #outlet: Outlet;
  readonly #writeQueue: WriteQueue;
  /** What its token lets it see of private updates. Nothing else of the token stays for as long as the stream. */
  readonly #allowed: MatcherSet | undefined;
  readonly #maxQueueBytes: number;
  readonly #onEnd: SubscriberOptions['onEnd'];
  #state: State;
  /** Live events for its next turn. While there are some, the stream is in the write queue. */
  #pending: Batch | undefined;
  #wroteSinceHeartbeat = true;

  constructor(outlet: Outlet, options: SubscriberOptions) {
    const { matchers, grant } = options;
    this.matchers = matchers;
    this.subscriptions = matchers.map(matcher => ({
      matcher,
      subscriber: this.id,
      payload: grant?.payloadFor(matcher),
    }));
    this.#outlet = outlet;
    this.#writeQueue = options.writeQueue;
    this.#allowed = grant?.subscribe;
    this.#maxQueueBytes = options.maxQueueBytes;
    this.#onEnd = options.onEnd;
    this.#state = options.resumes ? { name: 'catching-up', newest: 0n } : { name: 'live', after: 0n };
    outlet.onClose(() => this.#finish('left'));
  }

  get isOpen(): boolean {
    return this.#state.name !== 'ended';
  }

  /** Bytes that the client has not taken yet. */
  get queuedBytes(): number {
    return this.#outlet.queuedBytes + (this.#pending?.length ?? 0);
  }

  /** Whether its token lets it see the update; that its matchers select it, the caller knows. */
  mayReceive(update: Update): boolean {
    return !update.private || this.#allowed?.matchesAny(update.topics) === true;
  }

  /** Sends events of the history and waits until the client has room for more. */
  async sendHistory(frame: Frame): Promise<void> {
    if (!this.isOpen) return;
    this.#write(frame);
    await this.#outlet.room();
  }

  /**
   * Goes over to live events if the history, read up to `position`, has reached every event that passed by meanwhile.
   * No event can fall between or come twice: older ones have been sent, newer ones have not yet arrived here.
   */
  goLive(position: Position): boolean {
    if (this.#state.name === 'catching-up') {
      if (this.#state.newest > position) return false;
      this.#state = { name: 'live', after: position };
    }
    return true;
  }

  /**
   * Delivers a live event it wants, on its next turn and together with others that arrive until then. A client that does
   * not keep up is cut off rather than buffered for; it resumes from the last event it read.
   *
   * @param event - a single event, the same batch for everybody who gets it
   */
  deliver(event: Batch, position: Position | undefined): void {
    const state = this.#state;
    if (state.name === 'ended') return;
    if (position !== undefined) {
      if (state.name === 'catching-up') {
        state.newest = position;
        return;
      }
      if (position <= state.after) return;
    }
    this.#await(event);
  }

  /** Writes what waits. */
  flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) this.#write(pending.frame);
  }

  /**
   * Breaks a silence that has lasted since the last call, and moves the client's cursor to the newest event, unless the
   * history has brought it further already. A client with a full socket is not silent but stuck, and gets nothing more.
   */
  heartbeat(comment: Batch, cursor: CursorHeartbeat | undefined): void {
    const silent = !this.#wroteSinceHeartbeat;
    this.#wroteSinceHeartbeat = false;
    const state = this.#state;
    if (state.name === 'ended' || !silent || this.#pending !== undefined || this.#outlet.isFull) return;
    const moves = state.name === 'live' && cursor !== undefined && cursor.position >= state.after;
    this.#await(moves ? cursor.event : comment);
  }

  /**
   * Ends the stream in good order, after what is queued and a last word. Resolves when the client has it all or was too
   * slow for it.
   */
  end(reason: EndReason, lastWord?: Frame): Promise<void> {
    this.flush();
    if (!this.isOpen) return Promise.resolve();
    if (lastWord !== undefined) this.#write(lastWord);
    this.#finish(reason);
    return new Promise(resolve => {
      const cut = setTimeout(() => this.#outlet.destroy(), END_GRACE_MS);
      this.#outlet.onClose(() => {
        clearTimeout(cut);
        resolve();
      });
      this.#outlet.end();
    });
  }

  /** Breaks the connection off, dropping what is queued. */
  cut(reason: EndReason): void {
    this.#finish(reason);
    this.#outlet.destroy();
  }

  #await(event: Batch): void {
    const isQueued = this.#pending !== undefined;
    if (!this.#hasRoomFor(event)) {
      // What was published in this turn may be more than the bound, but the client has not had the chance to take it.
      this.flush();
      if (!this.#hasRoomFor(event)) {
        this.cut('too_slow');
        return;
      }
    }
    if (this.#pending !== undefined && this.#pending.length + event.length > MAX_BATCH_BYTES) this.flush();
    this.#pending = this.#pending?.with(event.frame) ?? event;
    if (!isQueued) this.#writeQueue.add(this);
  }

  /** An event larger than the whole queue still goes to a client that has taken everything else. */
  #hasRoomFor(event: Batch): boolean {
    const queued = this.queuedBytes;
    return queued === 0 || queued + event.length <= this.#maxQueueBytes;
  }

  #write(frame: Frame): void {
    this.#wroteSinceHeartbeat = true;
    this.#outlet.write(frame);
  }

  #finish(reason: EndReason): void {
    if (!this.isOpen) return;
    this.#state = { name: 'ended' };
    this.#pending = undefined;
    this.#onEnd(this, reason);
  }
}
