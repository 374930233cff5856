import type { Update } from '../messages/update.ts';

/** UTF-8 makes at most so many bytes of one UTF-16 code unit. */
const MAX_BYTES_PER_UNIT = 3;

const MAX_RETRY_DIGITS = String(Number.MAX_SAFE_INTEGER).length;

/** In front of each event stand some 32-bit words; what their numbers count is in their names. */
const ID_BYTES = 0;
const HEAD_BYTES = 1;
const DATA_BYTES = 2;
const TYPE_UNITS = 3;
const RETRY_DIGITS = 4;
const IS_PRIVATE = 5;
const TOPICS = 6;
/** Then comes the length of each topic, in code units. */
const TOPIC_UNITS = 7;

/**
 * A stretch of the history: events one after the other in a single piece of memory that the garbage collector neither
 * looks into nor moves, as it would have to with objects that live for a while and then die. Events are appended, never
 * changed, and discarded with the whole segment.
 *
 * An event is its words, then UTF-8: the id, the head (type, retry and topics), the data.
 */
export class Segment {
  readonly capacityBytes: number;
  /** The position of its first event. */
  first = 0;
  readonly #bytes: Buffer;
  readonly #words: Uint32Array;
  /** Where each event begins, in words. */
  #starts: number[] = [];
  /** Where the next one begins. */
  #end = 0;
  /** The first position of each id, as far as it has been put there. */
  #positionsById = new Map<string, number>();

  /** @param capacityBytes - at least `Segment.bytesFor` of its first event */
  constructor(capacityBytes: number) {
    const words = Math.ceil(capacityBytes / Uint32Array.BYTES_PER_ELEMENT);
    this.#words = new Uint32Array(words);
    this.#bytes = Buffer.from(this.#words.buffer);
    this.capacityBytes = capacityBytes;
  }

  /** What an event takes at most. */
  static bytesFor({ id, type = '', topics, data }: Update): number {
    let units = id.length + type.length + MAX_RETRY_DIGITS + data.length;
    for (const topic of topics) units += topic.length;
    const words = TOPIC_UNITS + topics.length + 1;
    return words * Uint32Array.BYTES_PER_ELEMENT + units * MAX_BYTES_PER_UNIT;
  }

  /** Forgets everything, to begin anew at a position. */
  restart(first: number): void {
    this.first = first;
    this.#starts = [];
    this.#end = 0;
    this.#positionsById = new Map();
  }

  /** The position of its newest event. */
  get last(): number {
    return this.first + this.#starts.length - 1;
  }

  /** Adds an event after the others. Returns how many bytes its fields have; undefined when there is no room for it. */
  append(update: Update): number | undefined {
    const words = this.#words;
    const start = this.#end;
    if (start * Uint32Array.BYTES_PER_ELEMENT + Segment.bytesFor(update) > this.capacityBytes)
      return undefined;

    const { id, type = '', topics, data } = update;
    const retry = update.retry === undefined ? '' : String(update.retry);
    let at = start + TOPIC_UNITS;
    for (const topic of topics) words[at++] = topic.length;
    const bytesStart = at * Uint32Array.BYTES_PER_ELEMENT;
    const head = topics.length === 1 ? type + retry + topics[0] : type + retry + topics.join('');
    const units = id.length + head.length + data.length;
    const bytes = this.#bytes.write(id + head + data, bytesStart);
    // Where no character takes more than a byte, as in most events, nothing needs to be counted.
    const bytesOf = (part: string) => (bytes === units ? part.length : Buffer.byteLength(part));
    const idBytes = bytesOf(id);
    const headBytes = bytesOf(head);
    words[start + ID_BYTES] = idBytes;
    words[start + HEAD_BYTES] = headBytes;
    words[start + DATA_BYTES] = bytes - idBytes - headBytes;
    words[start + TYPE_UNITS] = type.length;
    words[start + RETRY_DIGITS] = retry.length;
    words[start + IS_PRIVATE] = Number(update.private);
    words[start + TOPICS] = topics.length;
    this.#starts.push(start);
    this.#end = Math.ceil((bytesStart + bytes) / Uint32Array.BYTES_PER_ELEMENT);
    return bytes;
  }

  /** How many bytes the event's fields have. */
  sizeOf(position: number): number {
    const start = this.#startOf(position);
    return this.#word(start + ID_BYTES) + this.#word(start + HEAD_BYTES) + this.#word(start + DATA_BYTES);
  }

  idOf(position: number): string {
    const start = this.#startOf(position);
    const bytesStart = this.#bytesStartOf(start);
    return this.#bytes.toString('utf8', bytesStart, bytesStart + this.#word(start + ID_BYTES));
  }

  updateAt(position: number): Update {
    const start = this.#startOf(position);
    const headStart = this.#bytesStartOf(start) + this.#word(start + ID_BYTES);
    const dataStart = headStart + this.#word(start + HEAD_BYTES);
    const head = this.#bytes.toString('utf8', headStart, dataStart);
    const typeEnd = this.#word(start + TYPE_UNITS);
    const retryEnd = typeEnd + this.#word(start + RETRY_DIGITS);
    const topics: string[] = [];
    let topicEnd = retryEnd;
    for (let index = 0; index < this.#word(start + TOPICS); index++) {
      const topicStart = topicEnd;
      topicEnd += this.#word(start + TOPIC_UNITS + index);
      topics.push(head.slice(topicStart, topicEnd));
    }
    return Object.freeze({
      id: this.idOf(position),
      topics: Object.freeze(topics),
      data: this.#bytes.toString('utf8', dataStart, dataStart + this.#word(start + DATA_BYTES)),
      private: this.#word(start + IS_PRIVATE) === 1,
      ephemeral: false,
      ...(typeEnd > 0 && { type: head.slice(0, typeEnd) }),
      ...(retryEnd > typeEnd && { retry: Number(head.slice(typeEnd, retryEnd)) }),
    });
  }

  /** Puts the id of an event into the index, which `find` relies on. Events come in order. */
  index(position: number): void {
    const id = this.idOf(position);
    if (!this.#positionsById.has(id)) this.#positionsById.set(id, position);
  }

  /** The first event with an id at or after a position; undefined when there is none. */
  find(id: string, from: number): number | undefined {
    const first = this.#positionsById.get(id);
    if (first === undefined || first >= from) return first;
    // Publishers have used the id several times.
    for (let position = from; position <= this.last; position++)
      if (this.idOf(position) === id) return position;
    return undefined;
  }

  #startOf(position: number): number {
    const start = this.#starts[position - this.first];
    if (start === undefined) throw new RangeError(`The segment has no position ${position}`);
    return start;
  }

  #bytesStartOf(start: number): number {
    return (start + TOPIC_UNITS + this.#word(start + TOPICS)) * Uint32Array.BYTES_PER_ELEMENT;
  }

  #word(index: number): number {
    return this.#words[index] as number;
  }
}
