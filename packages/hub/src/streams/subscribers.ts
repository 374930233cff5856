import { TopicIndex } from '../matching/topic-index.ts';
import { HEARTBEAT, serializeRetry, serializeUpdate } from '../messages/event-stream.ts';
import type { LiveEvent } from '../transports/transport.ts';
import { Batch } from './batch.ts';
import type { CursorHeartbeat } from './cursor.ts';
import { Frame } from './frame.ts';
import type { EndReason, Subscriber } from './subscriber.ts';
import type { Subscription } from './subscription.ts';
import { WriteQueue } from './write-queue.ts';

/** How fast clients come back whose streams all ended at once. */
const RECONNECTIONS_PER_SECOND = 1_000;

/** The open streams, indexed by what they listen to: a publish costs what those cost who listen to its topics. */
export class Subscribers {
  readonly writeQueue = new WriteQueue();
  readonly #all = new Set<Subscriber>();
  readonly #index = new TopicIndex<Subscriber>();

  get size(): number {
    return this.#all.size;
  }

  /** The subscriptions of all streams that `selects` selects. */
  subscriptions(selects: (subscription: Subscription) => boolean): Subscription[] {
    return [...this.#all].flatMap(subscriber => subscriber.subscriptions.filter(selects));
  }

  add(subscriber: Subscriber): void {
    this.#all.add(subscriber);
    for (const matcher of subscriber.matchers) this.#index.add(matcher, subscriber);
  }

  remove(subscriber: Subscriber): void {
    this.#all.delete(subscriber);
    for (const matcher of subscriber.matchers) this.#index.delete(matcher, subscriber);
  }

  /** Bytes that wait in the queues of all of them. */
  get queuedBytes(): number {
    let bytes = 0;
    for (const subscriber of this.#all) bytes += subscriber.queuedBytes;
    return bytes;
  }

  /**
   * Delivers an event to those who listen and may see it, serialised and framed once for all of them.
   *
   * @returns how many those are
   */
  dispatch({ update, position }: LiveEvent): number {
    let event: Batch | undefined;
    let receivers = 0;
    for (const subscriber of this.#index.select(update.topics)) {
      if (!subscriber.mayReceive(update)) continue;
      event ??= new Batch(new Frame(serializeUpdate(update)));
      subscriber.deliver(event, position);
      receivers++;
    }
    return receivers;
  }

  /** Ends the streams that listen to exactly this topic. */
  endTopic(topic: string, reason: EndReason): void {
    for (const subscriber of [...(this.#index.exactly(topic) ?? [])]) void subscriber.end(reason);
  }

  /**
   * Ends every stream; resolves when all are over. Their clients are told to come back one after the other, since whoever
   * they come to would otherwise have all of them at once.
   *
   * @param retryMs - when the first of them comes back
   */
  async endAll(reason: EndReason, retryMs: number): Promise<void> {
    const ends = [...this.#all].map((subscriber, index) => {
      const turnMs = Math.floor((index * 1_000) / RECONNECTIONS_PER_SECOND);
      return subscriber.end(reason, new Frame(serializeRetry(retryMs + turnMs)));
    });
    await Promise.all(ends);
  }

  /** @param cursor - the newest event that all of them have been sent if they were to get it */
  heartbeat(cursor: CursorHeartbeat | undefined): void {
    const comment = new Batch(new Frame([HEARTBEAT]));
    for (const subscriber of this.#all) subscriber.heartbeat(comment, cursor);
  }
}
