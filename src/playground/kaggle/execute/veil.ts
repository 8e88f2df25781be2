/**
 * Shows the sandbox as `/kaggle` in a stream of text. The path may be cut between two pieces, so an end that could be its
 * beginning is held back until the next piece.
 */
export class Veil {
  readonly #path: string;
  #held = '';

  constructor(path: string) {
    this.#path = path;
  }

  push(text: string): string {
    const all = (this.#held + text).replaceAll(this.#path, '/kaggle');
    let keep = Math.min(this.#path.length - 1, all.length);
    while (keep > 0 && !this.#path.startsWith(all.slice(all.length - keep))) keep -= 1;
    this.#held = all.slice(all.length - keep);
    return all.slice(0, all.length - keep);
  }

  flush(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }
}
