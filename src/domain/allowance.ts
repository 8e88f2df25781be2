import { MINUTE, SECOND } from '../clock.ts';

export type AllowanceSize = {
  readonly perMinute: number;
  /** Calls that may come at once. */
  readonly burst: number;
  /** Calls beyond that which somebody waits for: they go now, and what can wait makes up for them. */
  readonly urgent: number;
};

/** What is left of the rate when it was halved again and again. */
const LEAST = 1 / 20;
/** Of the whole rate, per minute without a refusal. */
const RECOVERY = 0.1;
/** Answers to calls that were under way together are one refusal. */
const SAME_REFUSAL = SECOND;
/** However long a platform asks us to wait, we ask again after this. */
const LONGEST_BLOCK = 15 * MINUTE;

/**
 * How often somebody may be asked: the generic cell rate algorithm (GCRA), whose rate is halved by a refusal and recovers.
 * Nothing queues in it: a call goes now or is told when. Times are monotonic, in ms.
 */
export class Allowance {
  readonly #size: AllowanceSize;
  /** When all calls so far would have gone, had they gone evenly ("theoretical arrival time"). */
  #paidUntil = 0;
  /** Where the last of those that were sent away was told to come back. */
  #lineUntil = 0;
  #blockedUntil = 0;
  #share = 1;
  #halvedAt: number | null = null;

  constructor(size: AllowanceSize) {
    this.#size = size;
  }

  /** Calls a minute that are allowed now. */
  perMinute(mono: number): number {
    return this.#size.perMinute * this.#shareAt(mono);
  }

  /** 0: the call may go now, and is counted when `take` follows. Else in how many ms it may; each that is told so is told another time. */
  waitFor(mono: number, isUrgent: boolean): number {
    const every = MINUTE / this.perMinute(mono);
    const tolerance = (this.#size.burst - 1 + (isUrgent ? this.#size.urgent : 0)) * every;
    const freeAt = Math.max(this.#blockedUntil, this.#paidUntil - tolerance);
    if (freeAt <= mono) return 0;
    if (isUrgent) return freeAt - mono;
    this.#lineUntil = Math.min(Math.max(freeAt, this.#lineUntil + every), mono + LONGEST_BLOCK);
    return this.#lineUntil - mono;
  }

  take(mono: number): void {
    this.#paidUntil = Math.max(this.#paidUntil, mono) + MINUTE / this.perMinute(mono);
  }

  /** It was one call too many (HTTP 429). @param retryAfterMs What was asked for, or null. */
  refused(mono: number, retryAfterMs: number | null): void {
    if (retryAfterMs !== null)
      this.#blockedUntil = Math.max(this.#blockedUntil, mono + Math.min(retryAfterMs, LONGEST_BLOCK));
    if (this.#halvedAt !== null && mono - this.#halvedAt < SAME_REFUSAL) return;
    this.#share = Math.max(LEAST, this.#shareAt(mono) / 2);
    this.#halvedAt = mono;
  }

  #shareAt(mono: number): number {
    return this.#halvedAt === null ? 1 : Math.min(1, this.#share + ((mono - this.#halvedAt) / MINUTE) * RECOVERY);
  }
}
