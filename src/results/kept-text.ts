/**
 * The newest lines of a log, bounded in bytes. They are kept as UTF-8: half the memory of strings, and a copy, so that a short
 * line cannot hold the megabytes it was cut from.
 */
const BLOCK_BYTES = 64 * 1024;

export class KeptText {
  readonly #most: number;
  #blocks: Buffer[] = [];
  #bytes = 0;
  #pending: string[] = [];
  #pendingLength = 0;

  /** @param most bytes that are kept at least; a block more may be held. */
  constructor(most: number) {
    this.#most = most;
  }

  add(line: string): void {
    this.#pending.push(line);
    this.#pendingLength += line.length + 1;
    if (this.#pendingLength >= BLOCK_BYTES) this.#seal();
  }

  #seal(): void {
    if (this.#pending.length === 0) return;
    const block = Buffer.from(`${this.#pending.join('\n')}\n`);
    this.#pending = [];
    this.#pendingLength = 0;
    this.#blocks.push(block);
    this.#bytes += block.length;
    while (this.#blocks.length > 1 && this.#bytes - (this.#blocks[0]?.length ?? 0) >= this.#most) {
      this.#bytes -= this.#blocks.shift()?.length ?? 0;
    }
  }

  /** The last whole lines that fit into `maxBytes`, each with its line break. */
  text(maxBytes: number): string {
    this.#seal();
    const all = Buffer.concat(this.#blocks);
    if (all.length <= maxBytes) return all.toString();
    const start = all.length - maxBytes;
    const begin = all[start - 1] === 0x0a ? start : all.indexOf(0x0a, start) + 1;
    return begin === 0 ? '' : all.subarray(begin).toString();
  }

  /** Lines from the last one backwards, as far as they are kept. */
  *backwards(): Generator<string> {
    this.#seal();
    for (let index = this.#blocks.length - 1; index >= 0; index -= 1) {
      const lines = this.#blocks[index]?.toString().split('\n') ?? [];
      for (let line = lines.length - 2; line >= 0; line -= 1) yield lines[line] ?? '';
    }
  }
}
