/** Upper bounds of the histogram of delivery latency, in seconds. */
export const LATENCY_BOUNDS_S = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
] as const;

/** What the hub has done since it was made, and how it is now. */
export interface HubStatistics {
  /** Streams that are open. */
  readonly subscribersConnected: number;
  /** Streams that have been opened. */
  readonly subscribersTotal: number;
  /** Streams that the hub broke off or ended because their client read too slowly, by reason. */
  readonly subscribersDropped: { readonly too_slow: number; readonly history_lost: number };
  /** Updates that publishers were told were accepted. */
  readonly updatesTotal: number;
  /** Updates that could not be stored. */
  readonly updatesFailed: number;
  /** Events handed to a subscriber's socket as they were published; history is not counted. */
  readonly deliveriesTotal: number;
  /** Refused requests by their error code. */
  readonly requestsRefused: Readonly<Record<string, number>>;
  /** From the acceptance of an update in this process until it was handed to the sockets of all its subscribers. */
  readonly deliveryLatency: {
    /** How many took at most as long as the bound with the same index in `LATENCY_BOUNDS_S`, and longer than the one before. */
    readonly counts: readonly number[];
    /** How many took longer than all bounds. */
    readonly beyond: number;
    readonly sumS: number;
  };
  /** Bytes that wait in all subscribers' queues. */
  readonly queueBytes: number;
  /** Undefined when the transport does not know. */
  readonly history: { readonly events: number; readonly bytes: number } | undefined;
}

/** What the hub's parts count. */
export class Counters {
  subscribersTotal = 0;
  readonly subscribersDropped = { too_slow: 0, history_lost: 0 };
  updatesTotal = 0;
  updatesFailed = 0;
  deliveriesTotal = 0;
  readonly #refused = new Map<string, number>();
  readonly #latencyCounts = LATENCY_BOUNDS_S.map(() => 0);
  #latencyBeyond = 0;
  #latencySumS = 0;

  refused(code: string): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
  }

  delivered(latencyS: number): void {
    this.#latencySumS += latencyS;
    const index = LATENCY_BOUNDS_S.findIndex(bound => latencyS <= bound);
    if (index === -1) this.#latencyBeyond++;
    else this.#latencyCounts[index] = (this.#latencyCounts[index] ?? 0) + 1;
  }

  /** Everything counted so far, beside what is true at the moment. */
  snapshot(now: Pick<HubStatistics, 'subscribersConnected' | 'queueBytes' | 'history'>): HubStatistics {
    return {
      ...now,
      subscribersTotal: this.subscribersTotal,
      subscribersDropped: { ...this.subscribersDropped },
      updatesTotal: this.updatesTotal,
      updatesFailed: this.updatesFailed,
      deliveriesTotal: this.deliveriesTotal,
      requestsRefused: Object.fromEntries(this.#refused),
      deliveryLatency: {
        counts: [...this.#latencyCounts],
        beyond: this.#latencyBeyond,
        sumS: this.#latencySumS,
      },
    };
  }
}
