import type { Clock } from '../../clock.ts';

/** First second of 2015, from which the platform counts (developer documentation, "Snowflakes"). */
const EPOCH = 1_420_070_400_000;

/** Gives ids as the platform does: 42 bits of ms since 2015, worker and process, 12 bits of counter. They never repeat and never go back. */
export class Snowflakes {
  readonly #clock: Clock;
  #ms = 0;
  #counter = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next(): string {
    const now = Math.max(this.#clock.now(), EPOCH);
    if (now > this.#ms) {
      this.#ms = now;
      this.#counter = 0;
    } else if (++this.#counter > 0xfff) {
      this.#ms += 1;
      this.#counter = 0;
    }
    return String((BigInt(this.#ms - EPOCH) << 22n) | (1n << 17n) | BigInt(this.#counter));
  }

  /** Later ids are above this one: called with every id read back from a file. */
  startAfter(id: string): void {
    const ms = timeOf(id);
    if (ms >= this.#ms) this.#ms = ms + 1;
  }
}

/** @returns ms since 1970 at which the id was given. */
export const timeOf = (id: string): number => Number(BigInt(id) >> 22n) + EPOCH;

export const isSnowflake = (value: unknown): value is string => typeof value === 'string' && /^\d{17,20}$/.test(value);

/** Negative when `a` was given before `b`. */
export function compareIds(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
