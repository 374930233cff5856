import { HubError } from '../diagnostics/errors.ts';
import { EARLIEST, type Update } from '../messages/update.ts';
import { Segment } from './segment.ts';
import type { LiveEvent, Position, StoredEvent, Transport } from './transport.ts';

const DEFAULT_HISTORY_EVENTS = 10_000;
const DEFAULT_HISTORY_BYTES = 64 * 1024 * 1024;
/** The history lies in about so many segments when it is full, and is discarded by the segment. */
const SEGMENTS = 64;
const MIN_SEGMENT_BYTES = 16 * 1024;
const MAX_SEGMENT_BYTES = 4 * 1024 * 1024;
/** Most events whose ids are not in the index yet: so many are put there within a millisecond or two. */
const MAX_UNINDEXED_EVENTS = 10_000;

export interface MemoryTransportOptions {
  /** Most events kept. Default: 10,000. */
  readonly maxEvents?: number;
  /** Most bytes kept, counted as UTF-8 of the updates' fields; the newest event is kept whatever its size. Default: 64 MiB. */
  readonly maxBytes?: number;
}

/**
 * A transport for one process: the history lives in memory, bounded by count and bytes, and ends with the process.
 *
 * @throws HubError `options_invalid` when a bound is not a positive whole number
 */
export function memoryTransport({
  maxEvents = DEFAULT_HISTORY_EVENTS,
  maxBytes = DEFAULT_HISTORY_BYTES,
}: MemoryTransportOptions = {}): Transport {
  for (const [name, value] of Object.entries({ maxEvents, maxBytes })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new HubError('options_invalid', `${name} must be a positive whole number, not ${value}`);
    }
  }
  return new MemoryTransport(maxEvents, maxBytes);
}

class MemoryTransport implements Transport {
  readonly #maxEvents: number;
  readonly #maxBytes: number;
  readonly #segmentBytes: number;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  /** In order of position. The first one also has the event that was discarded last. */
  readonly #segments: Segment[] = [];
  /** The segment that was discarded last, to be used again. */
  #spare: Segment | undefined;
  /** Positions count from 1 without holes. */
  #oldest = 1;
  #newest = 0;
  #bytes = 0;
  /** Up to which position ids are in the index, as most events are discarded before anybody asks for them. */
  #indexed = 0;
  #lastEventId = EARLIEST;

  constructor(maxEvents: number, maxBytes: number) {
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
    this.#segmentBytes = Math.min(Math.max(maxBytes / SEGMENTS, MIN_SEGMENT_BYTES), MAX_SEGMENT_BYTES);
  }

  get lastEventId(): string {
    return this.#lastEventId;
  }

  get historySize(): { events: number; bytes: number } {
    return { events: this.#size, bytes: this.#bytes };
  }

  async publish(update: Update): Promise<void> {
    const position = update.ephemeral ? undefined : BigInt(this.#store(update));
    for (const listener of this.#listeners) listener({ position, update });
  }

  listen(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async find(id: string): Promise<Position | undefined> {
    const beforeOldest = this.#oldest - 1;
    if (id === EARLIEST) return BigInt(beforeOldest);
    this.#index(this.#newest);
    for (const segment of this.#segments) {
      const position = segment.find(id, this.#oldest);
      if (position !== undefined) return BigInt(position);
    }
    // Whoever stands at the event that was discarded last has lost nothing yet.
    const isLastDiscarded = beforeOldest > 0 && this.#segmentOf(beforeOldest).idOf(beforeOldest) === id;
    return isLastDiscarded ? BigInt(beforeOldest) : undefined;
  }

  async read(after: Position, limit: number): Promise<readonly StoredEvent[] | undefined> {
    const first = Number(after) + 1;
    if (first < this.#oldest) return undefined;
    const events: StoredEvent[] = [];
    for (let position = first; position <= this.#newest && events.length < limit; position++) {
      const update = this.#segmentOf(position).updateAt(position);
      events.push({ position: BigInt(position), update });
    }
    return events;
  }

  async ready(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }

  get #size(): number {
    return this.#newest - this.#oldest + 1;
  }

  #store(update: Update): number {
    const position = ++this.#newest;
    this.#bytes += this.#segments.at(-1)?.append(update) ?? this.#appendToNew(update, position);
    this.#lastEventId = update.id;

    this.#discard();
    this.#index(position - MAX_UNINDEXED_EVENTS);
    return position;
  }

  #appendToNew(update: Update, position: number): number {
    const capacityBytes = Math.max(this.#segmentBytes, Segment.bytesFor(update));
    const spare = this.#spare?.capacityBytes === capacityBytes ? this.#spare : undefined;
    const segment = spare ?? new Segment(capacityBytes);
    this.#spare = undefined;
    segment.restart(position);
    this.#segments.push(segment);
    return segment.append(update) as number;
  }

  /** The segment that has a position, which is in the history or the one before. */
  #segmentOf(position: number): Segment {
    const segments = this.#segments;
    let low = 0;
    let high = segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((segments[middle] as Segment).first <= position) low = middle;
      else high = middle - 1;
    }
    return segments[low] as Segment;
  }

  /** Puts the ids of all events up to a position into the index. */
  #index(position: number): void {
    while (this.#indexed < position) {
      this.#indexed++;
      this.#segmentOf(this.#indexed).index(this.#indexed);
    }
  }

  #discard(): void {
    while ((this.#size > this.#maxEvents || this.#bytes > this.#maxBytes) && this.#size > 1) {
      // The first segment may end with the event before the oldest.
      const [first, second] = this.#segments as [Segment, Segment];
      this.#bytes -= (first.last < this.#oldest ? second : first).sizeOf(this.#oldest);
      this.#oldest++;
      this.#indexed = Math.max(this.#indexed, this.#oldest - 1);
      if (first.last < this.#oldest - 1) this.#spare = this.#segments.shift();
    }
  }
}
