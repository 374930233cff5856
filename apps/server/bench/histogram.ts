/** Two buckets differ by 2 %, from a microsecond up. */
const STEP = Math.log(1.02);
const SMALLEST_MS = 0.001;
const BUCKETS = 1_200;

/** Millions of durations in little memory, to within two per cent. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  count = 0;

  add(ms: number): void {
    const bucket = Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / STEP;
    const index = Math.min(Math.floor(bucket), BUCKETS - 1);
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.count++;
  }

  /** The duration that this share of all does not exceed. */
  quantile(share: number): number {
    let left = share * this.count;
    for (const [index, count] of this.#counts.entries()) {
      left -= count;
      if (left <= 0) return SMALLEST_MS * Math.exp((index + 0.5) * STEP);
    }
    return Number.NaN;
  }
}
