import { MINUTE } from '../clock.ts';

/** One failed call is no outage, three in a row are. */
const IN_A_ROW = 3;
/** Whoever was heard of so lately would fail too, if Kaggle were away for everyone. */
const LATELY_MS = 30 * MINUTE;
const UNKNOWN = '';

/**
 * Whether Kaggle answers at all, as the calls of all accounts tell it. The trouble of one account is no outage while others are
 * about: a second one has to meet it too. Kept in memory: it is learned anew after a start. Times are ms since the epoch.
 */
export class KaggleHealth {
  readonly #host: { readonly hostDownSince: number | null };
  readonly #heard = new Map<string, number>();
  readonly #failing = new Set<string>();
  #failingSince: number | null = null;
  #failures = 0;
  #lastAt = 0;

  /** @param host The breaker of all calls, which opens when a part of them fails for several accounts. */
  constructor(host: { readonly hostDownSince: number | null } = { hostDownSince: null }) {
    this.#host = host;
  }

  answered(at: number, account = UNKNOWN): void {
    this.#hear(at, account);
    this.#failingSince = null;
    this.#failures = 0;
    this.#failing.clear();
  }

  failed(at: number, account = UNKNOWN): void {
    this.#hear(at, account);
    this.#failingSince ??= at;
    this.#failures += 1;
    this.#failing.add(account);
  }

  /** Since when Kaggle answers nobody; null while it does. */
  get downSince(): number | null {
    const since = this.#host.hostDownSince;
    if (since !== null) return this.#failingSince === null ? since : Math.min(since, this.#failingSince);
    return this.#failures >= IN_A_ROW && (this.#failing.size > 1 || !this.#areOthersAbout())
      ? this.#failingSince
      : null;
  }

  #areOthersAbout(): boolean {
    // Whose call it was is not always known; then it counts for whoever.
    if (this.#failing.has(UNKNOWN)) return false;
    for (const [account, at] of this.#heard)
      if (!this.#failing.has(account) && this.#lastAt - at < LATELY_MS) return true;
    return false;
  }

  #hear(at: number, account: string): void {
    this.#lastAt = Math.max(this.#lastAt, at);
    if (account === UNKNOWN) return;
    // The newest stand last, so what is too old stands first.
    this.#heard.delete(account);
    this.#heard.set(account, at);
    for (const [old, heardAt] of this.#heard) {
      if (this.#lastAt - heardAt < LATELY_MS) break;
      this.#heard.delete(old);
    }
  }
}
