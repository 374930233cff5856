import { matches, type TopicMatcher } from '../matching/matcher.ts';
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

interface Patterned {
  readonly matcher: TopicMatcher;
  readonly subscribers: Set<Subscriber>;
}

/**
 * The open streams, indexed by what they listen to: a publish looks up its topics' own subscribers, and tries every
 * distinct template once, however many subscribers share it.
 */
export class Subscribers {
  readonly writeQueue = new WriteQueue();
  readonly #all = new Set<Subscriber>();
  readonly #byTopic = new Map<string, Set<Subscriber>>();
  readonly #byPattern = new Map<string, Patterned>();

  get size(): number {
    return this.#all.size;
  }

  /** The subscriptions of all streams that `selects` selects. */
  subscriptions(selects: (subscription: Subscription) => boolean): Subscription[] {
    return [...this.#all].flatMap(subscriber => subscriber.subscriptions.filter(selects));
  }

  add(subscriber: Subscriber): void {
    this.#all.add(subscriber);
    for (const matcher of subscriber.matchers) this.#indexed(matcher).add(subscriber);
  }

  remove(subscriber: Subscriber): void {
    this.#all.delete(subscriber);
    for (const matcher of subscriber.matchers) {
      const index = matcher.kind === 'exact' ? this.#byTopic : this.#byPattern;
      const key = indexKey(matcher);
      const entry = index.get(key);
      const subscribers = entry instanceof Set ? entry : entry?.subscribers;
      subscribers?.delete(subscriber);
      if (subscribers?.size === 0) index.delete(key);
    }
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
    for (const subscriber of this.#listening(update.topics)) {
      if (!subscriber.mayReceive(update)) continue;
      event ??= new Batch(new Frame(serializeUpdate(update)));
      subscriber.deliver(event, position);
      receivers++;
    }
    return receivers;
  }

  /** Ends the streams that listen to exactly this topic. */
  endTopic(topic: string, reason: EndReason): void {
    for (const subscriber of [...(this.#byTopic.get(topic) ?? [])]) void subscriber.end(reason);
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

  #indexed(matcher: TopicMatcher): Set<Subscriber> {
    if (matcher.kind === 'exact') {
      const subscribers = this.#byTopic.get(matcher.pattern) ?? new Set();
      this.#byTopic.set(matcher.pattern, subscribers);
      return subscribers;
    }
    const key = indexKey(matcher);
    const entry = this.#byPattern.get(key) ?? { matcher, subscribers: new Set() };
    this.#byPattern.set(key, entry);
    return entry.subscribers;
  }

  /** Everyone listening to one of the topics, each once. */
  #listening(topics: readonly string[]): Iterable<Subscriber> {
    const groups: Set<Subscriber>[] = [];
    for (const topic of topics) {
      const subscribers = this.#byTopic.get(topic);
      if (subscribers) groups.push(subscribers);
    }
    for (const { matcher, subscribers } of this.#byPattern.values()) {
      if (topics.some(topic => matches(matcher, topic))) groups.push(subscribers);
    }
    // The usual case, one topic and no templates, needs no copy.
    return groups.length > 1 ? new Set(groups.flatMap(group => [...group])) : (groups[0] ?? []);
  }
}

/** One text may be a URL pattern to one and a URI template to another. */
function indexKey({ kind, pattern }: TopicMatcher): string {
  return kind === 'exact' ? pattern : `${kind} ${pattern}`;
}
