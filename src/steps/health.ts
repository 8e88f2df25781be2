/** Whether Kaggle answers at all, as the calls of all accounts tell it. Kept in memory: it is learned anew after a start. */
export class KaggleHealth {
  #failingSince: number | null = null;
  #failures = 0;

  answered(): void {
    this.#failingSince = null;
    this.#failures = 0;
  }

  failed(at: number): void {
    this.#failingSince ??= at;
    this.#failures += 1;
  }

  /** Since when Kaggle answers nobody; null while it does. One failed call is no outage, three in a row are. */
  get downSince(): number | null {
    return this.#failures >= 3 ? this.#failingSince : null;
  }
}
