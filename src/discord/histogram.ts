/** Upper bounds in ms, the last one open. Fine below the bar of 50 ms, coarse above. */
const BOUNDS = [1, 2, 5, 10, 20, 30, 40, 50, 75, 100, 200, 500, 1_000, 2_000, 3_000];

export type HistogramSnapshot = {
  readonly count: number;
  /** In ms. */
  readonly sum: number;
  readonly max: number;
  /** `count` durations were at most `upTo` ms (not cumulative); the last `upTo` is Infinity. */
  readonly buckets: readonly { readonly upTo: number; readonly count: number }[];
};

/** Counts durations in fixed buckets and keeps the newest exact ones, so that a bench can read true percentiles. */
export class Histogram {
  readonly #counts: number[] = new Array(BOUNDS.length + 1).fill(0);
  readonly #recent: Float64Array;
  #count = 0;
  #sum = 0;
  #max = 0;

  constructor(keep = 16_384) {
    this.#recent = new Float64Array(keep);
  }

  /** @param ms Negative durations count as none. */
  add(ms: number): void {
    const duration = Math.max(0, ms);
    const index = BOUNDS.findIndex((bound) => duration <= bound);
    const bucket = index === -1 ? BOUNDS.length : index;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#recent[this.#count % this.#recent.length] = duration;
    this.#count += 1;
    this.#sum += duration;
    this.#max = Math.max(this.#max, duration);
  }

  /** @returns The duration in ms that `share` (0 to 1) of the newest ones do not exceed; null when there are none. */
  percentile(share: number): number | null {
    const kept = this.#recent.slice(0, Math.min(this.#count, this.#recent.length)).sort();
    return kept[Math.min(kept.length - 1, Math.max(0, Math.ceil(share * kept.length) - 1))] ?? null;
  }

  /** For /healthz. */
  toJSON(): object {
    return { count: this.#count, p50: this.percentile(0.5), p99: this.percentile(0.99), max: this.#max };
  }

  snapshot(): HistogramSnapshot {
    return {
      count: this.#count,
      sum: this.#sum,
      max: this.#max,
      buckets: this.#counts.map((count, index) => ({ upTo: BOUNDS[index] ?? Number.POSITIVE_INFINITY, count })),
    };
  }
}
