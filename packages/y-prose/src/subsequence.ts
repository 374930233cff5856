/** More differences than this are not looked for: what differs so much is taken for new. */
const MAX_DIFFERENCES = 1000;

/**
 * A longest common subsequence of two lists of numbers, as pairs of indexes (Myers, “An O(ND) Difference Algorithm”,
 * 1986). Lists that differ in more than {@link MAX_DIFFERENCES} places give none.
 */
export function commonSubsequence(before: ArrayLike<number>, now: ArrayLike<number>): [number, number][] {
  const most = Math.min(before.length + now.length, MAX_DIFFERENCES);
  const furthest = new Int32Array(2 * most + 3);
  const history: Int32Array[] = [];
  for (let differences = 0; differences <= most; differences++) {
    history.push(furthest.slice(most + 1 - differences, most + 2 + differences));
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      const at = most + 1 + diagonal;
      const [below, above] = [furthest[at - 1] as number, furthest[at + 1] as number];
      const down = diagonal === -differences || (diagonal !== differences && below < above);
      let x = down ? above : below + 1;
      let y = x - diagonal;
      while (x < before.length && y < now.length && before[x] === now[y]) {
        x++;
        y++;
      }
      furthest[at] = x;
      if (x >= before.length && y >= now.length) return traceBack(before.length, now.length, history);
    }
  }
  return [];
}

function traceBack(x: number, y: number, history: readonly Int32Array[]): [number, number][] {
  const pairs: [number, number][] = [];
  for (let differences = history.length - 1; differences >= 0; differences--) {
    const furthest = history[differences] as Int32Array;
    // The slice reaches from diagonal −differences to +differences.
    const value = (diagonal: number) => furthest[diagonal + differences] ?? -1;
    const diagonal = x - y;
    const down =
      diagonal === -differences || (diagonal !== differences && value(diagonal - 1) < value(diagonal + 1));
    const from = differences === 0 ? 0 : down ? value(diagonal + 1) : value(diagonal - 1);
    const fromY = from - (down ? diagonal + 1 : diagonal - 1);
    const startX = differences === 0 ? 0 : down ? from : from + 1;
    while (x > startX) pairs.push([--x, --y]);
    x = from;
    y = differences === 0 ? 0 : fromY;
  }
  return pairs.reverse();
}
