/** How long one unit takes: the median of the last five times it took, so that one slow epoch does not move the forecast. */
const KEPT = 5;
const NEEDED = 3;

export class Pace {
  #paces: number[] = [];
  #last: { readonly at: number; readonly time: number } | null = null;

  /** @param at the epoch or step that is reached; @param time seconds since the start of the session */
  reach(at: number, time: number): void {
    const last = this.#last;
    if (last !== null && at <= last.at) return;
    if (last !== null && time > last.time) {
      this.#paces.push((time - last.time) / (at - last.at));
      if (this.#paces.length > KEPT) this.#paces.shift();
    }
    this.#last = { at, time };
  }

  /** Begins to count anew but remembers how long things took: the epochs of the next fold take as long. */
  restart(): void {
    this.#last = null;
  }

  forget(): void {
    this.#last = null;
    this.#paces = [];
  }

  /** In ms per unit; null before three of them are known. */
  get ms(): number | null {
    if (this.#paces.length < NEEDED) return null;
    const sorted = this.#paces.toSorted((a, b) => a - b);
    const middle = Math.floor(sorted.length / 2);
    const upper = sorted[middle] ?? 0;
    const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
    return Math.round(median * 1_000);
  }
}
