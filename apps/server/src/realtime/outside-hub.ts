import { type Backoff, backoffDelayMs, MercureError, publish } from '@cahier/mercure-client';
import type { Logger } from 'pino';
import type { Hub, HubUpdate } from './publisher.ts';
import { RequestGate } from './request-gate.ts';
import type { PublisherTokens } from './tokens.ts';

/** How long the hub may take to answer. */
const REQUEST_TIMEOUT_MS = 5_000;
const MAX_REQUESTS = 16;
/** Topics for which something may wait while the hub is out of reach; publishing on others is refused then. */
const MAX_WAITING_TOPICS = 10_000;
const BACKOFF: Backoff = { minDelayMs: 250, maxDelayMs: 10_000 };

/** Refusals that pass: all others say that the hub will never take this update. Every 5xx passes, too. */
const PASSING_STATUSES: ReadonlySet<number | undefined> = new Set([408, 425, 429]);

interface Waiting {
  readonly update: HubUpdate;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Lane {
  waiting: Waiting[];
  running: Promise<void>;
}

interface OutsideHubOptions {
  /** Where to publish. */
  readonly url: string;
  readonly tokens: PublisherTokens;
  readonly logger: Logger;
  readonly requestTimeoutMs?: number;
  readonly maxWaitingTopics?: number;
  readonly backoff?: Backoff;
}

/**
 * A Mercure hub that runs elsewhere, published to over HTTP. Updates on one topic arrive in their order. While the hub is
 * out of reach they wait, at most one of a kind for each topic, and go out when it is back; ephemeral ones do not
 * wait. It cannot end streams: nothing is published on the topics of an access generation that is over.
 */
export class OutsideHub implements Hub {
  readonly #options: Required<OutsideHubOptions>;
  readonly #gate = new RequestGate(MAX_REQUESTS);
  /** What waits for each topic on which something is to be published, the oldest first. */
  readonly #lanes = new Map<string, Lane>();
  /** Requests that have failed in a row, as far as they did not share a pause; 0: the hub answers. */
  #failures = 0;
  #isClosing = false;
  #lastEventId = 'earliest';

  constructor(options: OutsideHubOptions) {
    this.#options = {
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
      maxWaitingTopics: MAX_WAITING_TOPICS,
      backoff: BACKOFF,
      ...options,
    };
  }

  /** The id of the update that the hub acknowledged last; what is published from now on comes after it. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  /**
   * Resolves when the hub has the update, or a newer one of its kind waits in its place.
   *
   * @throws MercureError when the hub refuses it for good, or is out of reach and the update cannot wait
   */
  publish(update: HubUpdate): Promise<void> {
    const topic = update.topics.join('\n');
    const lane = this.#lanes.get(topic);
    const isFull = !lane && this.#lanes.size >= this.#options.maxWaitingTopics;
    if (isFull || (this.#failures > 0 && (update.ephemeral || this.#isClosing))) {
      return Promise.reject(outOfReach());
    }
    return new Promise((resolve, reject) => {
      const waiting = { update, resolve, reject };
      if (lane) {
        for (const earlier of lane.waiting) if (supersedes(waiting, earlier)) earlier.resolve();
        lane.waiting = [...lane.waiting.filter(earlier => !supersedes(waiting, earlier)), waiting];
        return;
      }
      const fresh: Lane = { waiting: [waiting], running: Promise.resolve() };
      this.#lanes.set(topic, fresh);
      fresh.running = this.#run(topic, fresh);
    });
  }

  /** From now on nothing waits for a hub that is out of reach. */
  stopRetrying(): void {
    this.#isClosing = true;
    this.#gate.resume();
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.stopRetrying();
    await Promise.all([...this.#lanes.values()].map(({ running }) => running));
  }

  async #run(topic: string, lane: Lane) {
    while (lane.waiting.length > 0) {
      await this.#gate.enter();
      const [next, ...later] = lane.waiting as [Waiting, ...Waiting[]];
      lane.waiting = later;
      try {
        if (this.#isClosing && this.#failures > 0) throw outOfReach();
        this.#lastEventId = await this.#send(next.update);
        this.#succeeded();
        next.resolve();
      } catch (error) {
        if (isPassing(error)) this.#failed(error);
        if (!isPassing(error) || next.update.ephemeral || this.#isClosing) next.reject(error);
        else if (lane.waiting.some(newer => supersedes(newer, next))) next.resolve();
        else lane.waiting.unshift(next);
      } finally {
        this.#gate.leave();
      }
    }
    this.#lanes.delete(topic);
  }

  async #send({ topics, data, private: isPrivate, ephemeral = false }: HubUpdate): Promise<string> {
    const { url, tokens, requestTimeoutMs } = this.#options;
    return publish({
      hub: url,
      token: await tokens.issue(topics),
      topics,
      data,
      private: isPrivate,
      ephemeral,
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
  }

  #succeeded() {
    if (this.#failures === 0) return;
    this.#failures = 0;
    this.#options.logger.info('the hub is back');
    this.#gate.resume();
  }

  /** Everybody waits for the hub together; of the requests that it fails at once, one counts. */
  #failed(error: unknown) {
    if (this.#gate.isPaused) return;
    const { logger, backoff } = this.#options;
    if (this.#failures === 0) logger.warn({ error }, 'the hub is out of reach; events wait until it is back');
    this.#failures++;
    if (this.#isClosing) return;
    const imposedMs = ((error instanceof MercureError && error.retryAfterSeconds) || 0) * 1000;
    this.#gate.pause(backoffDelayMs(this.#failures, backoff, imposedMs));
  }
}

const outOfReach = () =>
  new MercureError('unreachable', 'The hub is out of reach, and this cannot wait for it');

/** Whether `later` says all that `earlier` says. */
function supersedes(later: Waiting, earlier: Waiting): boolean {
  return earlier.update.kind !== undefined && earlier.update.kind === later.update.kind;
}

/** Whether the same update may be taken at another time. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof MercureError) || error.code !== 'refused') return true;
  return PASSING_STATUSES.has(error.status) || (error.status ?? 0) >= 500;
}
