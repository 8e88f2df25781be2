import { SECOND } from '../clock.ts';

/** Opens when this share of the last calls failed. */
const OVER = 20;
const SHARE = 0.5;
const PROBE_EACH = 30 * SECOND;

type Outcome = { readonly who: string; readonly failed: boolean };

/**
 * Stops calls to what does not answer, and lets one through now and then to see whether it does again. Times are monotonic,
 * in ms.
 */
export class Breaker {
  readonly #isShared: boolean;
  readonly #last: Outcome[] = [];
  #open: { readonly since: number; probeAt: number } | null = null;

  /** @param isShared Several are behind it, and the trouble of one alone does not open it. */
  constructor(isShared: boolean) {
    this.#isShared = isShared;
  }

  /** Since when it is open; null: it is closed. */
  get openSince(): number | null {
    return this.#open?.since ?? null;
  }

  /** 0: the call may go (when it is open, that call is the probe). Else in how many ms the next one may. */
  waitFor(mono: number): number {
    if (this.#open === null) return 0;
    if (this.#open.probeAt > mono) return this.#open.probeAt - mono;
    this.#open.probeAt = mono + PROBE_EACH;
    return 0;
  }

  answered(who: string): void {
    if (this.#open !== null) {
      this.#open = null;
      this.#last.length = 0;
    }
    this.#note(who, false);
  }

  failed(who: string, mono: number): void {
    this.#note(who, true);
    if (this.#open !== null || this.#last.length < OVER || !this.#isBad()) return;
    this.#open = { since: mono, probeAt: mono + PROBE_EACH };
  }

  #note(who: string, failed: boolean): void {
    this.#last.push({ who, failed });
    if (this.#last.length > OVER) this.#last.shift();
  }

  #isBad(): boolean {
    const isBad = (calls: readonly Outcome[]): boolean =>
      calls.length > 0 && calls.filter(({ failed }) => failed).length >= SHARE * calls.length;
    if (!this.#isShared) return isBad(this.#last);
    // Without the one that fails most the others must fail too.
    const failures = new Map<string, number>();
    for (const { who, failed } of this.#last) if (failed) failures.set(who, (failures.get(who) ?? 0) + 1);
    const worst = [...failures].sort((a, b) => b[1] - a[1])[0]?.[0];
    return isBad(this.#last) && isBad(this.#last.filter(({ who }) => who !== worst));
  }
}
