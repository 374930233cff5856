/** How much data every event carries: a small JSON document's worth. */
const DATA_BYTES = 100;
/** The last byte of every event's data, and of nothing else that a server sends. */
export const END_MARK = 0x7e; // "~"
/** The moment of publishing stands before the end mark, in microseconds of the machine's monotonic clock. */
export const STAMP_DIGITS = 15;

const FILLER = 'x'.repeat(DATA_BYTES - STAMP_DIGITS - 1);

/** Microseconds of a clock that all processes of one machine share. */
export function nowUs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + Math.floor(nanoseconds / 1e3);
}

/** The data of an event that is published now. */
export function stampedData(): string {
  return `${FILLER}${String(nowUs()).padStart(STAMP_DIGITS, '0')}~`;
}

export function topicName(index: number): string {
  return `https://bench.example/topics/${index}`;
}

/** What is published as one step: one event, a burst to one topic, or one event to each of many topics. */
export interface Wave {
  readonly topics: number;
  readonly eventsPerTopic: number;
  /** Whether every event has a turn of the event loop for itself, so that none shares a write with another. Default: no. */
  readonly oneByOne?: boolean;
}
