import type { Units } from './flatten.ts';
import type { Segment } from './segments.ts';
import { commonSubsequence } from './subsequence.ts';

/** Which units before and now are the same: indexes into the other, or −1. Ascending: nothing crosses. */
export interface Match {
  readonly toNow: Int32Array;
  readonly toBefore: Int32Array;
}

/**
 * Finds the units of a document before a change in the document after it: exactly what the steps left alone, and within
 * what they replaced, whatever is equal in the same order.
 *
 * @param isRelated - whether all that is equal is the same, be it ever so little. Default: not where there is only a
 *   letter here and there, as between two texts that have nothing to do with each other
 */
export function matchUnits(
  before: Units,
  now: Units,
  segments: readonly Segment[],
  isRelated = false,
): Match {
  const match: Match = {
    toNow: new Int32Array(before.key.length).fill(-1),
    toBefore: new Int32Array(now.key.length).fill(-1),
  };
  matchSurvivors(before, now, segments, match);
  for (const gap of gaps(match)) matchEqual(before, now, gap, match, isRelated, true);
  for (const gap of gaps(match)) matchBeginnings(before, now, gap, match);
  keepBlocksWithContent(before, now, match);
  return match;
}

function pair({ toNow, toBefore }: Match, before: number, now: number): void {
  toNow[before] = now;
  toBefore[now] = before;
}

/** Both halves of a character beyond U+FFFF are one unit, so that nothing can come between them. */
function matchSurvivors(before: Units, now: Units, segments: readonly Segment[], match: Match): void {
  let segment = 0;
  let at = 0;
  for (let index = 0; index < before.position.length; index++) {
    const position = before.position[index] as number;
    const length = before.length[index] as number;
    let current = segments[segment];
    while (current !== undefined && current.before + current.length <= position)
      current = segments[++segment];
    if (current === undefined) return;
    if (current.before > position || current.before + current.length < position + length) continue;
    const target = current.now + position - current.before;
    while ((now.position[at] ?? Number.POSITIVE_INFINITY) < target) at++;
    const same = now.position[at] === target && now.length[at] === length && sameSort(before, index, now, at);
    if (same) pair(match, index, at);
  }
}

/** The same character, or both the beginning of a block, or inline nodes of the same type. */
function sameSort(before: Units, index: number, now: Units, at: number): boolean {
  const [old, fresh] = [before.node[index], now.node[at]];
  if (!old || !fresh) return old === fresh;
  return old.isText ? before.key[index] === now.key[at] : old.type === fresh.type;
}

/** Units without counterpart between two that have one: half-open ranges. */
interface Gap {
  readonly from: number;
  readonly to: number;
  readonly nowFrom: number;
  readonly nowTo: number;
}

function gaps({ toNow, toBefore }: Match): Gap[] {
  const found: Gap[] = [];
  let from = 0;
  let nowFrom = 0;
  for (let index = 0; index <= toNow.length; index++) {
    const target = index === toNow.length ? toBefore.length : (toNow[index] as number);
    if (target < 0) continue;
    if (index > from || target > nowFrom) found.push({ from, to: index, nowFrom, nowTo: target });
    from = index + 1;
    nowFrom = target + 1;
  }
  return found;
}

function matchEqual(
  before: Units,
  now: Units,
  gap: Gap,
  match: Match,
  isRelated: boolean,
  byBlock: boolean,
): void {
  let { from, to, nowFrom, nowTo } = gap;
  while (from < to && nowFrom < nowTo && before.key[from] === now.key[nowFrom])
    pair(match, from++, nowFrom++);
  while (from < to && nowFrom < nowTo && before.key[to - 1] === now.key[nowTo - 1])
    pair(match, --to, --nowTo);
  if (from === to || nowFrom === nowTo) return;
  const left: Gap = { from, to, nowFrom, nowTo };
  const blocks = byBlock ? wholeBlocks(before, from, to) : [];
  const nowBlocks = byBlock ? wholeBlocks(now, nowFrom, nowTo) : [];
  if (blocks.length > 0 && nowBlocks.length > 0) {
    for (const rest of matchBlocks(blocks, nowBlocks, left, match))
      matchEqual(before, now, rest, match, isRelated, false);
    return;
  }
  const pairs = commonSubsequence(before.key.slice(from, to), now.key.slice(nowFrom, nowTo));
  if (!isRelated && pairs.length * 2 < Math.max(to - from, nowTo - nowFrom)) return;
  for (const [a, b] of pairs) pair(match, from + a, nowFrom + b);
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly content: string;
}

/** The blocks that lie completely within a range of units. */
function wholeBlocks(units: Units, from: number, to: number): Stretch[] {
  const found: Stretch[] = [];
  let start = -1;
  for (let index = from; index <= to; index++) {
    const begins = index === to ? isEnd(units, to) : units.node[index] === null;
    if (!begins) continue;
    if (start >= 0) {
      found.push({ from: start, to: index, content: units.key.slice(start, index).join() });
    }
    start = index;
  }
  return found;
}

const isEnd = (units: Units, index: number) => index === units.node.length || units.node[index] === null;

/** Pairs equal blocks; returns what is left between them. */
function matchBlocks(before: Stretch[], now: Stretch[], gap: Gap, match: Match): Gap[] {
  const numbers = new Map<string, number>();
  const number = ({ content }: Stretch) => {
    const known = numbers.get(content) ?? numbers.size;
    numbers.set(content, known);
    return known;
  };
  const pairs = commonSubsequence(before.map(number), now.map(number));
  const rest: Gap[] = [];
  let { from, nowFrom } = gap;
  for (const [a, b] of pairs) {
    const [old, fresh] = [before[a] as Stretch, now[b] as Stretch];
    for (let index = 0; index < old.to - old.from; index++) pair(match, old.from + index, fresh.from + index);
    rest.push({ from, to: old.from, nowFrom, nowTo: fresh.from });
    from = old.to;
    nowFrom = fresh.to;
  }
  rest.push({ from, to: gap.to, nowFrom, nowTo: gap.nowTo });
  return rest;
}

/** Beginnings of blocks that lie between the same content are the same block, whatever kind it is now. */
function matchBeginnings(before: Units, now: Units, { from, to, nowFrom, nowTo }: Gap, match: Match): void {
  const old = beginnings(before, from, to);
  const fresh = beginnings(now, nowFrom, nowTo);
  const [lastOld, lastNow] = [old.at(-1), fresh.at(-1)];
  if (
    lastOld !== undefined &&
    lastNow !== undefined &&
    owns(before, lastOld, to) &&
    owns(now, lastNow, nowTo)
  ) {
    pair(match, lastOld, lastNow);
    old.pop();
    fresh.pop();
  }
  for (const [index, beginning] of old.entries()) {
    const target = fresh[index];
    if (target !== undefined) pair(match, beginning, target);
  }
}

function beginnings(units: Units, from: number, to: number): number[] {
  const found: number[] = [];
  for (let index = from; index < to; index++) if (units.node[index] === null) found.push(index);
  return found;
}

/** Whether what follows a gap is content of the block that begins there. */
function owns(units: Units, beginning: number, next: number): boolean {
  return units.node[next] != null && units.block[next] === units.block[beginning];
}

/**
 * A block is the same when its content is: pressing Enter at its start makes a new block before it, and joining it to
 * an empty block before it removes that one.
 */
function keepBlocksWithContent(before: Units, now: Units, match: Match): void {
  const { toNow, toBefore } = match;
  for (let index = now.key.length - 1; index > 0; index--) {
    const content = toBefore[index] as number;
    const begins = now.node[index] !== null && now.node[index - 1] === null;
    if (!begins || content < 1 || before.node[content - 1] !== null) continue;
    // The first of what is in this block was the first of its block before.
    const own = content - 1;
    const beginning = index - 1;
    if (toBefore[beginning] === own) continue;
    const taken = toNow[own] as number;
    if (taken >= 0 && !onlyBeginnings(now, taken, beginning)) continue;
    const other = toBefore[beginning] as number;
    if (other >= 0 && !onlyBeginnings(before, other, own)) continue;
    if (taken >= 0) toBefore[taken] = -1;
    if (other >= 0) toNow[other] = -1;
    pair(match, own, beginning);
  }
}

function onlyBeginnings(units: Units, from: number, to: number): boolean {
  for (let index = from; index < to; index++) if (units.node[index] !== null) return false;
  return from <= to;
}
