import { serializeUpdate } from '../messages/event-stream.ts';
import { EARLIEST, type Update } from '../messages/update.ts';
import type { Position, StoredEvent, Transport } from '../transports/transport.ts';

/** Events fetched at a time. */
const PAGE_EVENTS = 100;
/** After a network failure everybody comes back at once; whoever waits for others' reads may need none any more. */
const READS_AT_ONCE = 4;
/** What is remembered of the history: so many pages, and no more than so many bytes unless one page has more. */
const MAX_PAGES = 64;
const MAX_BYTES = 16 * 1024 * 1024;
/** What an event takes beside its data: its other fields, and what JavaScript needs. */
const EVENT_BYTES = 512;

/** An event of the history, written as `text/event-stream` when somebody first wants it. */
export class PastEvent {
  readonly position: Position;
  readonly update: Update;
  #content: Buffer | undefined;

  constructor({ position, update }: StoredEvent) {
    this.position = position;
    this.update = update;
  }

  get content(): Buffer {
    this.#content ??= Buffer.from(serializeUpdate(this.update));
    return this.#content;
  }
}

/** Events that follow each other, with none missing between them or before them. Never empty. */
interface Page {
  readonly after: Position;
  readonly last: Position;
  readonly events: readonly PastEvent[];
  readonly bytes: number;
}

/**
 * A transport's history as streams read it. Those that come back at the same moment want nearly the same events: what one
 * of them has read, others have without asking the transport.
 */
export class History {
  readonly #transport: Transport;
  /** The oldest first. */
  readonly #pages: Page[] = [];
  #bytes = 0;
  #begun = 0;
  /** Where the history ended, as the read with this number found. */
  #end: { readonly position: Position; readonly read: number } | undefined;
  #reading = 0;
  /** Those who wait until fewer are reading, in the order in which they came. */
  readonly #waiting: (() => void)[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Stands for this moment: how many reads of the transport have begun. */
  get moment(): number {
    return this.#begun;
  }

  /** The position before the oldest event. */
  async beginning(): Promise<Position> {
    return (await this.#transport.find(EARLIEST)) ?? 0n;
  }

  /**
   * Some of the events after a position, in order and without a hole; undefined when the first of them has been
   * discarded; none when it is the end of the history.
   *
   * @param since - a moment: that there are none is true of a later one, however old what is remembered may be
   */
  async read(after: Position, since: number): Promise<readonly PastEvent[] | undefined> {
    if (this.#reading === READS_AT_ONCE) await new Promise<void>(resolve => this.#waiting.push(resolve));
    else this.#reading++;
    try {
      return this.#remembered(after, since) ?? (await this.#fetch(after));
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#reading--;
      else next();
    }
  }

  #remembered(after: Position, since: number): readonly PastEvent[] | undefined {
    const page = this.#pages.findLast(known => known.after <= after && after < known.last);
    if (page === undefined) {
      const isEnd = this.#end?.position === after && this.#end.read > since;
      return isEnd ? [] : undefined;
    }
    if (page.after === after) return page.events;
    return page.events.slice(page.events.findIndex(({ position }) => position > after));
  }

  async #fetch(after: Position): Promise<readonly PastEvent[] | undefined> {
    const read = ++this.#begun;
    const found = await this.#transport.read(after, PAGE_EVENTS);
    const events = found?.map(event => new PastEvent(event));
    const last = events?.at(-1)?.position;
    if (events === undefined) return undefined;
    if (last === undefined) this.#end = { position: after, read };
    else this.#remember({ after, last, events, bytes: bytesOf(events) });
    return events;
  }

  #remember(page: Page): void {
    this.#pages.push(page);
    this.#bytes += page.bytes;
    while (this.#pages.length > MAX_PAGES || (this.#bytes > MAX_BYTES && this.#pages.length > 1)) {
      this.#bytes -= this.#pages.shift()?.bytes ?? 0;
    }
  }
}

/** In memory, as text and as what is made of it. */
function bytesOf(events: readonly PastEvent[]): number {
  return events.reduce((sum, { update }) => sum + EVENT_BYTES + 2 * update.data.length, 0);
}
