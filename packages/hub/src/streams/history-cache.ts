import { serializeUpdate } from '../messages/event-stream.ts';
import type { Position, StoredEvent } from '../transports/transport.ts';

/** Most bytes kept in all; half of them are surely the newest. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Events of the history as they were last sent. After a network failure everybody comes back at once and asks for the
 * same events.
 */
export class HistoryCache {
  readonly #maxBytes: number;
  /** Two generations: when the younger one has grown to its half, the older one is forgotten whole. */
  #young = new Map<Position, Buffer>();
  #old = new Map<Position, Buffer>();
  #youngBytes = 0;

  constructor(maxBytes = MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The event, written as `text/event-stream`. */
  serialize({ position, update }: StoredEvent): Buffer {
    const known = this.#young.get(position);
    if (known !== undefined) return known;
    const content = this.#old.get(position) ?? Buffer.from(serializeUpdate(update));
    if (this.#youngBytes + content.length > this.#maxBytes / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(position, content);
    this.#youngBytes += content.length;
    return content;
  }
}
