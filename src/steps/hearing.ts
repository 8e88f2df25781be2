/** Gaps kept: what is usual may change from the preparation of the data to the training. */
const GAPS_KEPT = 30;
const GAPS_NEEDED = 3;
/** Lines that come together are one sign of life, in seconds. */
const TOGETHER_S = 1;

/**
 * When a log was last heard of, and how often it usually speaks. A connection replays from the first piece, so only what lies
 * beyond everything heard before is news.
 */
export class Hearing {
  #pieces = 0;
  #time: number | null = null;
  #gaps: number[] = [];
  #heardAt: number | null = null;

  /**
   * @param index how many pieces this connection has brought, this one included
   * @param time seconds since the start of the session
   * @param mono monotonic time of its arrival, in ms
   */
  take(index: number, time: number, mono: number): void {
    if (index <= this.#pieces && time <= (this.#time ?? -1)) return;
    this.#pieces = Math.max(this.#pieces, index);
    this.#heardAt = mono;
    const before = this.#time;
    if (before === null) this.#time = time;
    if (before === null || time - before < TOGETHER_S) return;
    this.#gaps.push((time - before) * 1_000);
    if (this.#gaps.length > GAPS_KEPT) this.#gaps.shift();
    this.#time = time;
  }

  /** Monotonic time of the last news, in ms; null before the first. */
  get heardAt(): number | null {
    return this.#heardAt;
  }

  get pieces(): number {
    return this.#pieces;
  }

  /** The usual gap between two lines, in ms: the median; null while there were too few. */
  get usualMs(): number | null {
    if (this.#gaps.length < GAPS_NEEDED) return null;
    return this.#gaps.toSorted((a, b) => a - b)[Math.floor(this.#gaps.length / 2)] ?? null;
  }
}
