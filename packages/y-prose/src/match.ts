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
 * what they replaced, whatever is equal in the same order. Content comes first, then the beginnings of blocks between it: a
 * beginning that stayed does not keep text from being the same on its other side.
 *
 * @param isSameContent - whether the content of both is the same, in the same order, and only blocks differ. Then it is known
 *   what stayed without `segments`. Default: where there is only a letter here and there that is equal, as between two texts
 *   that have nothing to do with each other, nothing is the same
 */
export function matchUnits(
  before: Units,
  now: Units,
  segments: readonly Segment[],
  isSameContent = false,
): Match {
  const match: Match = {
    toNow: new Int32Array(before.key.length).fill(-1),
    toBefore: new Int32Array(now.key.length).fill(-1),
  };
  const survivors = survivorsAmong(before, now, segments);
  survivors.forEach((target, index) => {
    if (target >= 0 && before.node[index] !== null) pair(match, index, target);
  });
  for (const gap of gaps(match)) matchContent(before, now, gap, match, isSameContent);
  for (const gap of gaps(match)) matchSurvivingBeginnings(before, survivors, gap, match);
  for (const gap of gaps(match)) matchEqualBeginnings(before, now, gap, match);
  for (const gap of gaps(match)) matchBeginnings(before, now, gap, match);
  keepBlocksWithContent(before, now, match);
  return match;
}

function pair({ toNow, toBefore }: Match, before: number, now: number): void {
  toNow[before] = now;
  toBefore[now] = before;
}

/**
 * For each unit before where it is now, −1: it did not come through. Both halves of a character beyond U+FFFF are one unit, so
 * that nothing can come between them.
 */
function survivorsAmong(before: Units, now: Units, segments: readonly Segment[]): Int32Array {
  const survivors = new Int32Array(before.key.length).fill(-1);
  let segment = 0;
  let at = 0;
  for (let index = 0; index < before.position.length; index++) {
    const position = before.position[index] as number;
    const length = before.length[index] as number;
    let current = segments[segment];
    while (current !== undefined && current.before + current.length <= position)
      current = segments[++segment];
    if (current === undefined) break;
    if (current.before > position || current.before + current.length < position + length) continue;
    const target = current.now + position - current.before;
    while ((now.position[at] ?? Number.POSITIVE_INFINITY) < target) at++;
    const same = now.position[at] === target && now.length[at] === length && sameSort(before, index, now, at);
    if (same) survivors[index] = at;
  }
  return survivors;
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

/** Pairs equal content: of whole blocks, then characters of what is left between them. */
function matchContent(before: Units, now: Units, gap: Gap, match: Match, isSameContent: boolean): void {
  const blocks = wholeBlocks(before, gap.from, gap.to);
  const nowBlocks = wholeBlocks(now, gap.nowFrom, gap.nowTo);
  const rest = blocks.length > 0 && nowBlocks.length > 0 ? matchBlocks(blocks, nowBlocks, gap, match) : [gap];
  for (const { from, to, nowFrom, nowTo } of rest) {
    let old = contentIn(before, from, to);
    let fresh = contentIn(now, nowFrom, nowTo);
    const same = (a: number, b: number) => before.key[old[a] as number] === now.key[fresh[b] as number];
    const most = Math.min(old.length, fresh.length);
    let first = 0;
    while (first < most && same(first, first)) first++;
    let last = 0;
    while (last < most - first && same(old.length - 1 - last, fresh.length - 1 - last)) last++;
    for (let index = 0; index < first; index++) pair(match, old[index] as number, fresh[index] as number);
    for (let index = 1; index <= last; index++)
      pair(match, old.at(-index) as number, fresh.at(-index) as number);
    old = old.slice(first, old.length - last);
    fresh = fresh.slice(first, fresh.length - last);
    const pairs = commonByKey(before, now, old, fresh);
    if (!isSameContent && pairs.length * 2 < Math.max(old.length, fresh.length)) continue;
    for (const [index, target] of pairs) pair(match, index, target);
  }
}

/** Units that are no beginnings of blocks. */
function contentIn({ node }: Units, from: number, to: number): number[] {
  const found: number[] = [];
  for (let index = from; index < to; index++) if (node[index] !== null) found.push(index);
  return found;
}

/** Of two lists of units pairs that are equal, as many as can be had without crossing. */
function commonByKey(
  before: Units,
  now: Units,
  old: readonly number[],
  fresh: readonly number[],
): [number, number][] {
  if (old.length === 0 || fresh.length === 0) return [];
  const pairs = commonSubsequence(keysOf(before, old), keysOf(now, fresh));
  return pairs.map(([a, b]) => [old[a] as number, fresh[b] as number]);
}

function keysOf({ key }: Units, indexes: readonly number[]): Int32Array {
  const keys = new Int32Array(indexes.length);
  for (let at = 0; at < indexes.length; at++) keys[at] = key[indexes[at] as number] as number;
  return keys;
}

/** The content of a block. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly content: string;
}

/** The blocks with any content that lie completely within a range of units. */
function wholeBlocks(units: Units, from: number, to: number): Stretch[] {
  const found: Stretch[] = [];
  let start = -1;
  for (let index = from; index <= to; index++) {
    const begins = index === to ? isEnd(units, to) : units.node[index] === null;
    if (!begins) continue;
    if (start >= 0 && start < index) {
      found.push({ from: start, to: index, content: units.key.slice(start, index).join() });
    }
    start = index + 1;
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

/** Pairs beginnings that the steps left alone, as far as no content has been found to cross them. */
function matchSurvivingBeginnings(before: Units, survivors: Int32Array, gap: Gap, match: Match): void {
  const { from, to, nowFrom, nowTo } = gap;
  for (let index = from; index < to; index++) {
    const target = survivors[index] as number;
    if (before.node[index] === null && target >= nowFrom && target < nowTo) pair(match, index, target);
  }
}

function matchEqualBeginnings(
  before: Units,
  now: Units,
  { from, to, nowFrom, nowTo }: Gap,
  match: Match,
): void {
  const pairs = commonByKey(before, now, beginnings(before, from, to), beginnings(now, nowFrom, nowTo));
  for (const [index, target] of pairs) pair(match, index, target);
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
