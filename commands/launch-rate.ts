import { MINUTE } from '../src/clock.ts';

/** How often something may happen: evenly `perMinute`, or up to `burst` at once after a rest. */
export type Rate = { readonly perMinute: number; readonly burst: number };

/** Enough for anybody who works, too little for a loop. */
export const PER_PERSON: Rate = { perMinute: 5, burst: 3 };
export const PER_GUILD: Rate = { perMinute: 30, burst: 10 };

const interval = (rate: Rate): number => MINUTE / rate.perMinute;

/**
 * Holds several counts to their rates (GCRA): one number for each, the time at which it would be at rest again. Kept in
 * memory; times are of the monotonic clock.
 */
export class LaunchRate {
  readonly #restAt = new Map<string, number>();

  /**
   * Takes one launch from every count, or from none.
   * @returns 0 when it was taken, else the ms until it could be, and from which of the counts.
   */
  take(counts: readonly { readonly name: string; readonly rate: Rate }[], now: number): { waitMs: number; of: string } {
    for (const { name, rate } of counts) {
      const free = (this.#restAt.get(name) ?? 0) - (rate.burst - 1) * interval(rate);
      if (free > now) return { waitMs: free - now, of: name };
    }
    this.#forgetRested(now);
    for (const { name, rate } of counts)
      this.#restAt.set(name, Math.max(now, this.#restAt.get(name) ?? 0) + interval(rate));
    return { waitMs: 0, of: '' };
  }

  /** Nothing was launched after all. */
  giveBack(counts: readonly { readonly name: string; readonly rate: Rate }[]): void {
    for (const { name, rate } of counts) {
      const restAt = this.#restAt.get(name);
      if (restAt !== undefined) this.#restAt.set(name, restAt - interval(rate));
    }
  }

  #forgetRested(now: number): void {
    if (this.#restAt.size < 10_000) return;
    for (const [name, restAt] of this.#restAt) if (restAt <= now) this.#restAt.delete(name);
  }
}
