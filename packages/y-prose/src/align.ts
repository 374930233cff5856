import type { Node } from 'prosemirror-model';
import { type Anchor, heaviestChain } from './heaviest-chain.ts';
import type { Origins, Piece } from './live.ts';
import type { Block } from './sequence.ts';
import { isWhole, type Placed } from './shape.ts';
import { isBlockOfSequence } from './to-sequence.ts';

/**
 * Which positions are the same in two trees of a sequence.
 *
 * @param position - of the first of the nodes, in both
 * @returns what is not the same, as the ranges of a `StepMap`: start, size before, size after, …
 */
export function changedRanges(
  before: readonly Placed[],
  now: readonly Placed[],
  position: number,
  origins: Origins,
): number[] {
  const ranges: number[] = [];
  if (collectInPlace(before, now, position, origins, ranges)) return ranges;
  return rangesByContent(before, now, position, origins);
}

/**
 * The usual case, at the cost of what has changed: the same nodes in the same order, and only in some textblocks is there
 * other content.
 *
 * @returns `false`: that is not all
 */
function collectInPlace(
  before: readonly Placed[],
  now: readonly Placed[],
  start: number,
  origins: Origins,
  ranges: number[],
): boolean {
  if (before.length !== now.length) return false;
  let position = start;
  for (let index = 0; index < before.length; index++) {
    const [old, fresh] = [before[index] as Placed, now[index] as Placed];
    if (old !== fresh) {
      if (old.id !== fresh.id || !old.node.sameMarkup(fresh.node)) return false;
      if (old.children !== null && fresh.children !== null && old.shows === null && fresh.shows === null) {
        if (!collectInPlace(old.children, fresh.children, position + 1, origins, ranges)) return false;
      } else {
        const pieces = keptPieces(old, fresh, origins);
        if (pieces === null) return false;
        if (isWhole(old) && isWhole(fresh)) collectBetween(pieces, old, fresh, position + 1, ranges);
        else ranges.push(...rangesByContent([old], [fresh], position, origins));
      }
    }
    position += old.node.nodeSize;
  }
  return true;
}

/** What of a block's content was in it before, if it is the same block and everything else in it is new; else `null`. */
function keptPieces(before: Placed, now: Placed, origins: Origins): readonly Piece[] | null {
  if (!before.shows?.marker || !now.shows?.marker) return null;
  const origin = origins.get(now.shows.block);
  const { block } = before.shows;
  const isSame = origin?.marker === block && origin.pieces.every(piece => piece.block === block);
  return isSame ? origin.pieces : null;
}

/** What is between the pieces of a textblock's content that are in it before and now, in the same order. */
function collectBetween(
  pieces: readonly Piece[],
  { node: old }: Placed,
  { node: fresh }: Placed,
  start: number,
  ranges: number[],
): void {
  let [at, nowAt] = [0, 0];
  const close = (end: number, nowEnd: number) => {
    if (end > at || nowEnd > nowAt) ranges.push(start + at, end - at, nowEnd - nowAt);
  };
  for (const { before, now, length } of pieces) {
    close(before, now);
    at = before + length;
    nowAt = now + length;
  }
  close(old.content.size, fresh.content.size);
}

function rangesByContent(
  before: readonly Placed[],
  now: readonly Placed[],
  position: number,
  origins: Origins,
): number[] {
  const old = tokens(before, position);
  const fresh = tokens(now, position);
  const ranges: number[] = [];
  let [at, nowAt] = [position, position];
  const close = (end: number, nowEnd: number) => {
    let [from, to, nowFrom, nowTo] = [at, end, nowAt, nowEnd];
    while (from < to && nowFrom < nowTo && same(old.brackets.get(from), fresh.brackets.get(nowFrom))) {
      from++;
      nowFrom++;
    }
    while (from < to && nowFrom < nowTo && same(old.brackets.get(to - 1), fresh.brackets.get(nowTo - 1))) {
      to--;
      nowTo--;
    }
    if (to > from || nowTo > nowFrom) ranges.push(from, to - from, nowTo - nowFrom);
  };
  // Blocks that have moved, and hidden content that comes into sight, are not in order.
  for (const anchor of heaviestChain([...anchors(old, fresh, origins)])) {
    if (anchor.now < nowAt) continue;
    close(anchor.before, anchor.now);
    at = anchor.before + anchor.length;
    nowAt = anchor.now + anchor.length;
  }
  close(old.end, fresh.end);
  return ranges;
}

const same = (a: string | undefined, b: string | undefined) => a !== undefined && a === b;

/** Content of a block in a document: units of the sequence ↔ positions. */
interface Span {
  readonly unit: number;
  readonly position: number;
  readonly length: number;
  /** An inline node with content: one unit, but several positions. */
  readonly node?: Node;
}

/** How many positions a span takes. */
export const sizeOf = ({ node, length }: Span): number => node?.nodeSize ?? length;

interface Tokens {
  /** Where the nodes begin and end, by position. */
  readonly brackets: Map<number, string>;
  /** Where blocks begin, in order. */
  readonly beginnings: Map<Block, number>;
  readonly content: Map<Block, Span[]>;
  /** Of the content, in order. */
  readonly order: Block[];
  end: number;
}

function tokens(list: readonly Placed[], start: number): Tokens {
  const found: Tokens = {
    brackets: new Map(),
    beginnings: new Map(),
    content: new Map(),
    order: [],
    end: start,
  };
  const visit = (placed: Placed, position: number) => {
    const { node, id, shows } = placed;
    const isBlock = isBlockOfSequence(node);
    found.brackets.set(position, `${isBlock && shows === null ? 'made' : 'open'} ${id}`);
    if (node.nodeSize > 1) found.brackets.set(position + node.nodeSize - 1, 'close');
    if (shows !== null) {
      if (shows.marker) found.beginnings.set(shows.block, position);
      const spans = found.content.get(shows.block) ?? [];
      spans.push(...spansOf(placed, position + 1));
      if (!found.content.has(shows.block)) found.order.push(shows.block);
      found.content.set(shows.block, spans);
    }
    if (isBlock) return;
    let at = position + 1;
    for (const child of placed.children ?? []) {
      visit(child, at);
      at += child.node.nodeSize;
    }
  };
  for (const placed of list) {
    visit(placed, found.end);
    found.end += placed.node.nodeSize;
  }
  return found;
}

/** The content that a node shows, in stretches within which units and positions go together. */
export function spansOf({ node, shows }: Placed, start: number): Span[] {
  if (shows === null || shows.to === shows.from) return [];
  const { from, to, hidden } = shows;
  if (hidden.length === 0 && node.content.size === to - from) {
    return [{ unit: from, position: start, length: to - from }];
  }
  const spans: Span[] = [];
  const isHidden = new Set(hidden);
  let unit = from;
  let position = start;
  node.forEach(child => {
    while (isHidden.has(unit)) unit++;
    if (unit >= to) return;
    if (!child.isText)
      spans.push({ unit: unit++, position, length: 1, ...(child.isLeaf ? {} : { node: child }) });
    else {
      for (let left = child.nodeSize, at = position; left > 0; ) {
        while (isHidden.has(unit)) unit++;
        const next = hidden.find(hide => hide > unit) ?? to;
        const length = Math.min(left, next - unit);
        if (length <= 0) break;
        spans.push({ unit, position: at, length });
        unit += length;
        at += length;
        left -= length;
      }
    }
    position += child.nodeSize;
  });
  return spans;
}

function* anchors(old: Tokens, fresh: Tokens, origins: Origins): Generator<Anchor> {
  for (const block of fresh.order) {
    const origin = origins.get(block);
    const begins = fresh.beginnings.get(block);
    const marker = origin === undefined ? block : origin.marker;
    const began = marker === null ? undefined : old.beginnings.get(marker);
    if (begins !== undefined && began !== undefined) yield { before: began, now: begins, length: 1 };
    const spans = fresh.content.get(block) ?? [];
    for (const piece of origin?.pieces ?? [whole(block, spans)]) yield* pieceAnchors(piece, spans, old);
  }
}

function whole(block: Block, spans: readonly Span[]): Piece {
  const last = spans.at(-1);
  return { block, before: 0, now: 0, length: last === undefined ? 0 : last.unit + last.length };
}

function* pieceAnchors(piece: Piece, spans: readonly Span[], old: Tokens): Generator<Anchor> {
  const oldSpans = old.content.get(piece.block) ?? [];
  const shift = piece.before - piece.now;
  for (const span of spans) {
    for (const oldSpan of oldSpans) {
      const from = Math.max(span.unit, piece.now, oldSpan.unit - shift);
      const to = Math.min(
        span.unit + span.length,
        piece.now + piece.length,
        oldSpan.unit + oldSpan.length - shift,
      );
      if (from >= to) continue;
      yield {
        before: oldSpan.position + from + shift - oldSpan.unit,
        now: span.position + from - span.unit,
        length: oldSpan.node !== undefined && span.node?.eq(oldSpan.node) ? sizeOf(span) : to - from,
      };
    }
  }
}
