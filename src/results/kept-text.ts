/**
 * The newest lines of a log, bounded in bytes. They are kept as UTF-8: half the memory of strings, and a copy, so that a short
 * line cannot hold the megabytes it was cut from.
 */
const BLOCK_BYTES = 64 * 1024;
const ROOM_BYTES = 72 * 1024;

export class KeptText {
  readonly #most: number;
  #blocks: Buffer[] = [];
  #free: Buffer | null = null;
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
    const text = `${this.#pending.join('\n')}\n`;
    this.#pending = [];
    this.#pendingLength = 0;
    const block = this.#blockOf(text);
    this.#blocks.push(block);
    this.#bytes += block.length;
    while (this.#blocks.length > 1 && this.#bytes - (this.#blocks[0]?.length ?? 0) >= this.#most) {
      const oldest = this.#blocks.shift();
      this.#bytes -= oldest?.length ?? 0;
      this.#free = oldest ?? null;
    }
  }

  /** The text in a block of memory, in that of the block that was let go last if it fits: memory outside the heap waits long for its end. */
  #blockOf(text: string): Buffer {
    const length = Buffer.byteLength(text);
    const room = this.#free === null ? null : Buffer.from(this.#free.buffer);
    this.#free = null;
    const memory = room !== null && room.length >= length ? room : Buffer.allocUnsafeSlow(Math.max(length, ROOM_BYTES));
    const block = memory.subarray(0, length);
    block.write(text);
    return block;
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
