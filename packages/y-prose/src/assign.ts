import type { Flat, Spot } from './flatten.ts';
import type { Match } from './match.ts';
import type { Window } from './window.ts';

/** Which container before a container now is, and its id. */
export interface Assigned {
  readonly id: string;
  readonly before: Spot | null;
}

const ID_LENGTH = 8;
const ID_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-';

/** Six random bits a character: with 48 of them a document can have a hundred thousand containers. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_LENGTH));
  return Array.from(bytes, byte => ID_ALPHABET[byte & 63]).join('');
}

/** Blocks now ↔ blocks before. */
export interface BlockPairs {
  readonly before: ReadonlyMap<Spot, Spot>;
  readonly now: ReadonlyMap<Spot, Spot>;
}

export function blockPairs(before: Flat, now: Flat, match: Match): BlockPairs {
  const pairs = { before: new Map<Spot, Spot>(), now: new Map<Spot, Spot>() };
  now.units.node.forEach((node, index) => {
    const target = match.toBefore[index] as number;
    if (node !== null || target < 0) return;
    const [old, fresh] = [before.units.block[target] as Spot, now.units.block[index] as Spot];
    pairs.before.set(fresh, old);
    pairs.now.set(old, fresh);
  });
  return pairs;
}

/**
 * Finds for every container now the one before that it is: the one whose beginning came through, else one that had the
 * same content, of the same type if there is one. All others are new.
 *
 * @param survived - position before → position now of nodes whose beginning came through
 * @param same - for blocks now the blocks before, moved ones included
 */
export function assignContainers(
  before: readonly Spot[],
  now: readonly Spot[],
  survived: (position: number) => number | undefined,
  same: ReadonlyMap<Spot, Spot>,
  given: ReadonlyMap<Spot, Assigned>,
): Map<Spot, Assigned> {
  const assigned = new Map<Spot, Assigned>(given);
  const taken = new Set([...given.values()].map(({ before: old }) => old));
  const assign = (fresh: Spot, old: Spot) => {
    assigned.set(fresh, { id: old.placed?.id ?? randomId(), before: old });
    taken.add(old);
  };
  const byPosition = new Map(now.map(spot => [spot.position, spot]));
  for (const old of before) {
    const target = byPosition.get(survived(old.position) ?? -1);
    if (target !== undefined && !assigned.has(target)) assign(target, old);
  }
  const candidates = candidatesByContent(same);
  const find = (spot: Spot, fits: (old: Spot) => boolean) =>
    candidates.get(spot)?.find(old => !taken.has(old) && fits(old));
  for (const spot of [...now].reverse()) {
    if (assigned.has(spot)) continue;
    const old = find(spot, ({ node }) => node.type === spot.node.type);
    if (old !== undefined) assign(spot, old);
  }
  for (const spot of now) {
    if (assigned.has(spot)) continue;
    const parent = spot.parent === null ? null : (assigned.get(spot.parent)?.before ?? undefined);
    const old = find(spot, candidate => candidate.parent === parent);
    if (old !== undefined) assign(spot, old);
    else assigned.set(spot, { id: randomId(), before: null });
  }
  return assigned;
}

/** For each container now those before that were as far above the same block. */
function candidatesByContent(same: ReadonlyMap<Spot, Spot>): Map<Spot, Spot[]> {
  const found = new Map<Spot, Spot[]>();
  for (const [block, old] of same) {
    let [above, oldAbove] = [block.parent, old.parent];
    while (above !== null && oldAbove !== null) {
      const list = found.get(above) ?? [];
      if (list.at(-1) !== oldAbove) list.push(oldAbove);
      found.set(above, list);
      [above, oldAbove] = [above.parent, oldAbove.parent];
    }
  }
  return found;
}

/** Blocks that were deleted at one place and inserted at another. */
export function movedBlocks(before: Flat, now: Flat, match: Match, pairs: BlockPairs): Map<Spot, Spot> {
  const kept = new Set<Spot>();
  before.units.block.forEach((spot, index) => {
    if ((match.toNow[index] as number) >= 0) kept.add(spot);
  });
  const gone = before.blocks.filter(spot => !kept.has(spot) && spot.placed?.shows?.marker);
  const moved = new Map<Spot, Spot>();
  if (gone.length === 0) return moved;
  for (const spot of now.blocks) {
    if (pairs.before.has(spot) || (spot.node.isTextblock && spot.node.content.size === 0)) continue;
    const index = gone.findIndex(old => old.node.eq(spot.node));
    if (index >= 0) moved.set(spot, ...(gone.splice(index, 1) as [Spot]));
  }
  return moved;
}

/** The containers around a change, which are the same before and now. */
export function ancestors({ spot, nowSpot }: Window): Map<Spot, Assigned> {
  const known = new Map<Spot, Assigned>();
  let [before, now] = [spot, nowSpot];
  while (before !== null && now !== null) {
    known.set(now, { id: before.placed?.id ?? '', before });
    [before, now] = [before.parent, now.parent];
  }
  return known;
}
