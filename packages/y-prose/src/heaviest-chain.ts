/** A stretch that is the same before and now. */
export interface Anchor {
  readonly before: number;
  readonly now: number;
  readonly length: number;
}

interface Chain {
  /** Where its last anchor ends, before. */
  readonly end: number;
  /** How much is in it. */
  readonly weight: number;
  readonly last: Anchor;
  readonly rest: Chain | null;
}

/**
 * Of anchors in the order of now those that are also in the order of before: as much as possible. What is left out has moved
 * past what stays.
 */
export function heaviestChain(anchors: readonly Anchor[]): readonly Anchor[] {
  if (anchors.every((anchor, index) => index === 0 || follows(anchor, anchors[index - 1] as Anchor)))
    return anchors;
  // One chain for each end that is worth it: the further they reach, the heavier they are.
  const chains: Chain[] = [];
  for (const anchor of anchors) {
    const rest = chains[reaching(chains, anchor.before) - 1] ?? null;
    const chain: Chain = {
      end: anchor.before + anchor.length,
      weight: (rest?.weight ?? 0) + anchor.length,
      last: anchor,
      rest,
    };
    const place = reaching(chains, chain.end);
    if ((chains[place - 1]?.weight ?? 0) >= chain.weight) continue;
    let beaten = place;
    while (beaten < chains.length && (chains[beaten] as Chain).weight <= chain.weight) beaten++;
    chains.splice(place, beaten - place, chain);
  }
  const heaviest: Anchor[] = [];
  for (let chain = chains.at(-1) ?? null; chain !== null; chain = chain.rest) heaviest.push(chain.last);
  return heaviest.reverse();
}

const follows = (anchor: Anchor, previous: Anchor) => anchor.before >= previous.before + previous.length;

/** How many of the chains end at `position` or before it. */
function reaching(chains: readonly Chain[], position: number): number {
  let [low, high] = [0, chains.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((chains[middle] as Chain).end <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
