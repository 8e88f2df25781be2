import type { LogChunk } from './log.ts';

/** As much of the error stream's end as the reader of failures looks at, and a little more. In UTF-16 units. */
const KEPT = 700_000;

/** The last pieces of a log's error stream, in bounded memory however long the log is. */
export class ErrorsKept {
  #pieces: LogChunk[] = [];
  #length = 0;
  #first = 0;

  push(chunk: LogChunk): void {
    if (chunk.stream !== 'stderr') return;
    const text = chunk.text.slice(-KEPT);
    this.#pieces.push({ ...chunk, text });
    this.#length += text.length;
    for (
      let oldest = this.#pieces[this.#first]?.text.length ?? 0;
      this.#length - oldest >= KEPT;
      oldest = this.#pieces[this.#first]?.text.length ?? 0
    ) {
      this.#length -= oldest;
      this.#first += 1;
    }
    if (this.#first > 1_000) {
      this.#pieces = this.#pieces.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The pieces that are kept, oldest first. */
  get chunks(): LogChunk[] {
    return this.#pieces.slice(this.#first);
  }
}
