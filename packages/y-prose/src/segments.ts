import type { StepMap } from 'prosemirror-transform';

/** A range of positions that came through a series of steps unchanged. */
export interface Segment {
  readonly before: number;
  readonly now: number;
  readonly length: number;
}

/** What of a document of a given size came through a series of steps, in order. */
export function survivors(size: number, maps: Iterable<StepMap>): readonly Segment[] {
  let segments: readonly Segment[] = [{ before: 0, now: 0, length: size }];
  for (const map of maps) segments = through(segments, map);
  return segments;
}

function through(segments: readonly Segment[], map: StepMap): readonly Segment[] {
  const ranges: { from: number; to: number; shift: number }[] = [];
  map.forEach((from, to, newFrom, newTo) => {
    ranges.push({ from, to, shift: newTo - newFrom - (to - from) });
  });
  if (ranges.length === 0) return segments;
  const result: Segment[] = [];
  let next = 0;
  let shift = 0;
  for (const { before, now, length } of segments) {
    const end = now + length;
    let at = now;
    const keep = (to: number) => {
      if (to > at) result.push({ before: before + at - now, now: at + shift, length: to - at });
    };
    for (let range = ranges[next]; range !== undefined && range.from < end; range = ranges[next]) {
      keep(Math.min(range.from, end));
      at = Math.max(at, Math.min(range.to, end));
      // What reaches into the next segment is looked at again there.
      if (range.to > end) break;
      shift += range.shift;
      next++;
    }
    keep(end);
  }
  return result;
}

/** Where a position is now; `undefined`: what was there did not come through. */
export function mapped(segments: readonly Segment[], position: number): number | undefined {
  let [low, high] = [0, segments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { before, length } = segments[middle] as Segment;
    if (before + length <= position) low = middle + 1;
    else high = middle;
  }
  const segment = segments[low];
  return segment === undefined || segment.before > position
    ? undefined
    : segment.now + position - segment.before;
}
