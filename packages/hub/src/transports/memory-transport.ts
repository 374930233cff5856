import { HubError } from '../diagnostics/errors.ts';
import { EARLIEST, type Update } from '../messages/update.ts';
import type { LiveEvent, Position, StoredEvent, Transport } from './transport.ts';

const DEFAULT_HISTORY_EVENTS = 10_000;
const DEFAULT_HISTORY_BYTES = 64 * 1024 * 1024;
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
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  /** In order of position; the first `#discarded` of them are gone. */
  #updates: (Update | undefined)[] = [];
  /** The bytes of each. An array of its own spares the collector of garbage an object for every event. */
  #sizes: number[] = [];
  #discarded = 0;
  /** Positions count from 1 without holes. */
  #newestPosition: Position = 0n;
  #bytes = 0;
  /**
   * Every position of an id, earliest first; more than one only where publishers reuse ids. Made when somebody resumes,
   * as most events are discarded before anybody asks for them.
   */
  readonly #positionsById = new Map<string, Position | Position[]>();
  /** How many of the events have been put into the index. */
  #indexed = 0;
  /** Whoever stands at the event that was discarded last has lost nothing yet. */
  #lastDiscardedId: string | undefined;

  constructor(maxEvents: number, maxBytes: number) {
    this.#maxEvents = maxEvents;
    this.#maxBytes = maxBytes;
  }

  get lastEventId(): string {
    return this.#updates.at(-1)?.id ?? EARLIEST;
  }

  get historySize(): { events: number; bytes: number } {
    return { events: this.#size, bytes: this.#bytes };
  }

  async publish(update: Update): Promise<void> {
    const position = update.ephemeral ? undefined : this.#store(update);
    for (const listener of this.#listeners) listener({ position, update });
  }

  listen(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async find(id: string): Promise<Position | undefined> {
    if (id === EARLIEST) return this.#positionBeforeOldest;
    this.#index(this.#updates.length);
    const positions = this.#positionsById.get(id);
    if (positions === undefined && id === this.#lastDiscardedId) return this.#positionBeforeOldest;
    return typeof positions === 'object' ? positions[0] : positions;
  }

  async read(after: Position, limit: number): Promise<readonly StoredEvent[] | undefined> {
    if (after < this.#positionBeforeOldest) return undefined;
    const first = this.#discarded + Number(after - this.#positionBeforeOldest);
    return this.#updates.slice(first, first + limit).map((update, index) => ({
      position: this.#positionOf(first + index),
      update: update as Update,
    }));
  }

  async ready(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {
    this.#listeners.clear();
  }

  #positionOf(index: number): Position {
    return this.#newestPosition - BigInt(this.#updates.length - 1 - index);
  }

  get #size(): number {
    return this.#updates.length - this.#discarded;
  }

  get #positionBeforeOldest(): Position {
    return this.#newestPosition - BigInt(this.#size);
  }

  #store(update: Update): Position {
    const position = ++this.#newestPosition;
    const bytes = sizeOf(update);
    this.#updates.push(update);
    this.#sizes.push(bytes);
    this.#bytes += bytes;

    this.#discard();
    this.#index(this.#updates.length - MAX_UNINDEXED_EVENTS);
    return position;
  }

  /** Puts the first `count` events into the index, those included that are there already. */
  #index(count: number): void {
    for (; this.#indexed < count; this.#indexed++) {
      const { id } = this.#updates[this.#indexed] as Update;
      const position = this.#positionOf(this.#indexed);
      const known = this.#positionsById.get(id);
      if (typeof known === 'object') known.push(position);
      else this.#positionsById.set(id, known === undefined ? position : [known, position]);
    }
  }

  #discard(): void {
    while ((this.#size > this.#maxEvents || this.#bytes > this.#maxBytes) && this.#size > 1) {
      const { id } = this.#updates[this.#discarded] as Update;
      if (this.#discarded < this.#indexed) this.#forget(id);
      else this.#indexed++;
      this.#bytes -= this.#sizes[this.#discarded] as number;
      this.#updates[this.#discarded++] = undefined;
      this.#lastDiscardedId = id;
    }
    // Closing the gap each time would move the whole history; this way it moves once per its own length.
    if (this.#discarded > this.#size) {
      this.#updates = this.#updates.slice(this.#discarded);
      this.#sizes = this.#sizes.slice(this.#discarded);
      this.#indexed -= this.#discarded;
      this.#discarded = 0;
    }
  }

  /** Takes out an id's earliest position, which is the one of the event being discarded. */
  #forget(id: string): void {
    const positions = this.#positionsById.get(id);
    if (typeof positions === 'object' && positions.length > 1) positions.shift();
    else this.#positionsById.delete(id);
  }
}

function sizeOf(update: Update): number {
  const text = update.id + (update.type ?? '') + update.topics.join('');
  return Buffer.byteLength(update.data) + Buffer.byteLength(text);
}
