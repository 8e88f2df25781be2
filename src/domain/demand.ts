import { MINUTE } from '../clock.ts';

/** Of what an account may be asked, so much is for looks; the rest is for pushes, ends and people. */
const FOR_LOOKS = 0.75;

/**
 * How many looks a minute the runs that are polled would like, and by how much they must be stretched to fit into what is
 * allowed. The gaps follow 1/sqrt(cost), so a stretch by the quotient scales the cost of a call by its square (the look-again rule).
 */
export class Demand {
  readonly #runs = new Map<string, { readonly account: string; readonly perMinute: number }>();
  readonly #accounts = new Map<string, { count: number; perMinute: number }>();
  #all = 0;

  /** @param gapMs The gap that a run would like. */
  note(account: string, runKey: string, gapMs: number): void {
    this.forget(runKey);
    const perMinute = MINUTE / Math.max(gapMs, 1);
    this.#runs.set(runKey, { account, perMinute });
    const sum = this.#accounts.get(account) ?? { count: 0, perMinute: 0 };
    sum.count += 1;
    sum.perMinute += perMinute;
    this.#accounts.set(account, sum);
    this.#all += perMinute;
  }

  /** The run is over, or a stream tells of it. */
  forget(runKey: string): void {
    const run = this.#runs.get(runKey);
    if (run === undefined) return;
    this.#runs.delete(runKey);
    this.#all -= run.perMinute;
    const sum = this.#accounts.get(run.account);
    if (sum === undefined) return;
    sum.count -= 1;
    sum.perMinute -= run.perMinute;
    if (sum.count === 0) this.#accounts.delete(run.account);
  }

  /** @param perMinute What is allowed of this account, and of all together. @returns 1 or more. */
  stretch(account: string, perMinute: { readonly own: number; readonly all: number }): number {
    const own = this.#accounts.get(account)?.perMinute ?? 0;
    return Math.max(1, own / (perMinute.own * FOR_LOOKS), this.#all / (perMinute.all * FOR_LOOKS));
  }
}
