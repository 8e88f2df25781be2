import type { LogChunk } from './log.ts';

/** As much of the error stream's end as the reader of failures looks at, and a little more. In UTF-16 units. */
const KEPT = 700_000;
/** As much of the beginning of the last traceback: its message may be longer than all that is kept of the end. */
const HEAD_KEPT = 200_000;

/** Where the runner names the cell that ended the run; nothing after it but the save step. */
const NAMED = 'Exception encountered at "In [';
const PLAIN = 'Traceback (most recent call last):';
/** So much of the piece before is looked at with the next, since a piece may end in the middle of a word. */
const OVERLAP = 60;

/** The last pieces of a log's error stream and the beginning of its last traceback, in bounded memory however long the log is. */
export class ErrorsKept {
  #pieces: LogChunk[] = [];
  #length = 0;
  #first = 0;
  /** All that was pushed so far, kept or not. */
  #seen = 0;
  #head: { readonly from: number; readonly named: boolean; text: string; readonly chunk: LogChunk } | null = null;
  #before = '';

  push(chunk: LogChunk): void {
    if (chunk.stream !== 'stderr') return;
    this.#keepHead(chunk);
    this.#seen += chunk.text.length;
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

  #keepHead(chunk: LogChunk): void {
    const text = this.#before + chunk.text;
    this.#before = text.slice(-OVERLAP);
    const named = text.lastIndexOf(NAMED);
    const at = named >= 0 ? named : this.#head?.named === true ? -1 : text.lastIndexOf(PLAIN);
    if (at >= 0) {
      const from = this.#seen + chunk.text.length - text.length + at;
      // A word that was found with the piece before is found once more in the overlap.
      if (this.#head?.from !== from)
        this.#head = { from, named: named >= 0, text: text.slice(at, at + HEAD_KEPT), chunk };
      return;
    }
    if (this.#head !== null && this.#head.text.length < HEAD_KEPT)
      this.#head.text += chunk.text.slice(0, HEAD_KEPT - this.#head.text.length);
  }

  /** The pieces that are kept, oldest first; before them the last traceback's beginning, if it is not among them. */
  get chunks(): LogChunk[] {
    const end = this.#pieces.slice(this.#first);
    const begin = this.#seen - this.#length;
    if (this.#head === null || this.#head.from >= begin) return end;
    const { from, text, chunk } = this.#head;
    // What the end holds as well is not said twice.
    const head = { ...chunk, text: text.slice(0, Math.max(0, begin - from)) };
    return [head, ...end];
  }
}
