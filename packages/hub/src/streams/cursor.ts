import { HEARTBEAT, serializeCursor } from '../messages/event-stream.ts';
import { isOpaqueId } from '../messages/opaque-id.ts';
import { EARLIEST } from '../messages/update.ts';
import type { LiveEvent, Position, Transport } from '../transports/transport.ts';
import { Batch } from './batch.ts';
import { Frame } from './frame.ts';

/** What silent streams are sent, so that their clients come back from the newest event on. */
export interface CursorHeartbeat {
  readonly position: Position;
  readonly event: Batch;
}

/**
 * The newest event, for streams that have received none themselves: without it a plain `EventSource` would come back
 * without a cursor and miss what was published meanwhile, or with one so old that the history has discarded it.
 *
 * Ids that publishers chose may mean something, so those of private updates are kept from everybody else.
 */
export class Cursor {
  readonly #transport: Transport;
  #newest: LiveEvent | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Takes note of an event after it has been delivered to the streams. */
  note(event: LiveEvent): void {
    if (event.position !== undefined) this.#newest = event;
  }

  /** For a stream that begins now and without a history; undefined when the newest id is not for everybody. */
  opening(): Buffer | undefined {
    const id = this.#newest?.update.id ?? this.#transport.lastEventId;
    const isFit = this.#newest === undefined ? id === EARLIEST || isOpaqueId(id) : isForAll(this.#newest);
    return isFit ? serializeCursor(id) : undefined;
  }

  /** For streams that have been sent all they were to get up to the newest event. */
  heartbeat(): CursorHeartbeat | undefined {
    const newest = this.#newest;
    if (newest?.position === undefined || !isForAll(newest)) return undefined;
    const { position, update } = newest;
    return { position, event: new Batch(new Frame([HEARTBEAT, serializeCursor(update.id)])) };
  }
}

function isForAll({ update }: LiveEvent): boolean {
  return !update.private || isOpaqueId(update.id);
}
