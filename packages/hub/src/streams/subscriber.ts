import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Grant } from '../authorization/authorization.ts';
import { MatcherSet, type TopicMatcher } from '../matching/matcher.ts';
import { HEARTBEAT } from '../messages/event-stream.ts';
import type { Update } from '../messages/update.ts';
import type { Position } from '../transports/transport.ts';
import type { CursorHeartbeat } from './cursor.ts';
import type { Subscription } from './subscription.ts';

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
  /** Called once, when the stream is over. */
  readonly onEnd: (reason: EndReason) => void;
}

/** One open event stream: what it may receive, where it stands, and its bounded queue (the socket's own). */
export class Subscriber {
  readonly id = `urn:uuid:${randomUUID()}`;
  readonly matchers: readonly TopicMatcher[];
  readonly subscriptions: readonly Subscription[];
  readonly #response: ServerResponse;
  readonly #selected: MatcherSet;
  readonly #grant: Grant | undefined;
  readonly #maxQueueBytes: number;
  readonly #onEnd: (reason: EndReason) => void;
  #state: State;
  #wroteSinceHeartbeat = true;

  constructor(response: ServerResponse, options: SubscriberOptions) {
    const { matchers, grant } = options;
    this.matchers = matchers;
    this.subscriptions = matchers.map(matcher => ({
      matcher,
      subscriber: this.id,
      payload: grant?.payloadFor(matcher),
    }));
    this.#response = response;
    this.#selected = new MatcherSet(matchers);
    this.#grant = grant;
    this.#maxQueueBytes = options.maxQueueBytes;
    this.#onEnd = options.onEnd;
    this.#state = options.resumes ? { name: 'catching-up', newest: 0n } : { name: 'live', after: 0n };
    response.once('close', () => this.#finish('left'));
  }

  get isOpen(): boolean {
    return this.#state.name !== 'ended';
  }

  /** Bytes that the client has not taken yet. */
  get queuedBytes(): number {
    return this.#response.writableLength;
  }

  /** Whether its token lets it see the update; that its matchers select it, the caller knows. */
  mayReceive(update: Update): boolean {
    return !update.private || this.#grant?.subscribe.matchesAny(update.topics) === true;
  }

  /** Whether it asked for the update and may see it. */
  wants(update: Update): boolean {
    return this.#selected.matchesAny(update.topics) && this.mayReceive(update);
  }

  /** Sends an event of the history and waits until the client has room for more. */
  async sendHistory(frame: Buffer): Promise<void> {
    if (!this.isOpen || this.#write(frame)) return;
    await new Promise<void>(resolve => {
      const settle = () => {
        this.#response.off('drain', settle).off('close', settle);
        resolve();
      };
      this.#response.once('drain', settle).once('close', settle);
    });
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
   * Delivers a live event it wants. A client that does not keep up is cut off rather than buffered for; it resumes from
   * the last event it read.
   */
  deliver(frame: Buffer, position: Position | undefined): void {
    const state = this.#state;
    if (state.name === 'ended') return;
    if (position !== undefined) {
      if (state.name === 'catching-up') {
        state.newest = position;
        return;
      }
      if (position <= state.after) return;
    }
    const queued = this.#response.writableLength;
    if (queued > 0 && queued + frame.length > this.#maxQueueBytes) this.cut('too_slow');
    else this.#write(frame);
  }

  /**
   * Breaks a silence that has lasted since the last call, and moves the client's cursor to the newest event, unless the
   * history has brought it further already. A client with a full socket is not silent but stuck, and gets nothing more.
   */
  heartbeat(cursor: CursorHeartbeat | undefined): void {
    const silent = !this.#wroteSinceHeartbeat;
    this.#wroteSinceHeartbeat = false;
    const state = this.#state;
    if (state.name === 'ended' || !silent || this.#response.writableNeedDrain) return;
    const moves = state.name === 'live' && cursor !== undefined && cursor.position >= state.after;
    this.#write(moves ? cursor.frame : HEARTBEAT);
  }

  /** Ends the stream in good order, after what is queued. Resolves when the client has it all or was too slow for it. */
  end(reason: EndReason): Promise<void> {
    if (!this.isOpen) return Promise.resolve();
    this.#finish(reason);
    return new Promise(resolve => {
      const cut = setTimeout(() => this.#response.destroy(), END_GRACE_MS);
      this.#response.once('close', () => {
        clearTimeout(cut);
        resolve();
      });
      this.#response.end();
    });
  }

  /** Breaks the connection off, dropping what is queued. */
  cut(reason: EndReason): void {
    this.#finish(reason);
    this.#response.destroy();
  }

  #write(bytes: Buffer): boolean {
    this.#wroteSinceHeartbeat = true;
    return this.#response.write(bytes);
  }

  #finish(reason: EndReason): void {
    if (!this.isOpen) return;
    this.#state = { name: 'ended' };
    this.#onEnd(reason);
  }
}
