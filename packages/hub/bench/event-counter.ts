import { END_MARK, STAMP_DIGITS } from './events.ts';

const LINE_FEED = 0x0a;
const DIGIT_ZERO = 0x30;

/**
 * Counts the complete events of one stream, however it is cut into reads: an event is complete at the empty line after
 * its data. HTTP's chunk headers need no decoding, since servers put whole events into chunks; comments and `retry`
 * lines carry no end mark and so count as nothing.
 */
export class EventCounter {
  #marked = false;
  #afterLineFeed = false;

  /** The number of events that end in these bytes. Adds the stamps of those that lie in them whole to `stamps`. */
  count(bytes: Uint8Array, length: number, stamps?: number[]): number {
    let events = 0;
    let marked = this.#marked;
    let afterLineFeed = this.#afterLineFeed;
    for (let index = 0; index < length; index++) {
      const byte = bytes[index];
      if (byte === END_MARK) {
        marked = true;
        if (stamps !== undefined && index >= STAMP_DIGITS) stamps.push(readStamp(bytes, index));
      } else if (byte === LINE_FEED && afterLineFeed && marked) {
        events++;
        marked = false;
      }
      afterLineFeed = byte === LINE_FEED;
    }
    this.#marked = marked;
    this.#afterLineFeed = afterLineFeed;
    return events;
  }
}

function readStamp(bytes: Uint8Array, end: number): number {
  let stamp = 0;
  for (let index = end - STAMP_DIGITS; index < end; index++) {
    stamp = stamp * 10 + ((bytes[index] ?? DIGIT_ZERO) - DIGIT_ZERO);
  }
  return stamp;
}
