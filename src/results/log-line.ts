/**
 * One stream of a log, turned into the lines a terminal would show: carriage returns and backspaces overwrite, ANSI sequences
 * vanish (only "erase" acts), a line has a bounded length. Pieces may be cut anywhere, also inside an escape sequence.
 */

/** Longer lines are cut: nobody reads them, and a log may be one line of fifty megabytes. */
const LONGEST = 4_000;
const CUT = '…';
// Everything that moves the cursor or may begin an escape sequence; the text between is copied whole.
const CONTROL = /[\u0000-\u001f\u007f\u009b]/g;
// The body of CSI, OSC, two-character and charset sequences, without their first byte. Bounded: a broken one must not eat the log.
const CSI = /\u001b\[([0-9;:?<=>]{0,32})([ -/]{0,4}[@-~])|\u009b([0-9;:?<=>]{0,32})([ -/]{0,4}[@-~])/y;
const OSC = /\u001b[\]PX^_][^\u0007\u001b]{0,512}(?:\u0007|\u001b\\)/y;
const SHORT = /\u001b[ -/]{0,2}[0-~]/y;
const LONGEST_ESCAPE = 520;

export type LineSink = {
  /** A whole line. */
  line(text: string): void;
  /** What stood on the line when the cursor went back to its start: the state of a progress bar. */
  state(text: string): void;
};

export class LineBuilder {
  readonly #sink: LineSink;
  #text = '';
  #cursor = 0;
  #isCut = false;
  #escape = '';

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** The line that is not ended yet. */
  get open(): string {
    return this.#isCut ? `${this.#text}${CUT}` : this.#text;
  }

  /** Takes the next piece of the stream. */
  push(piece: string): void {
    const text = this.#escape + piece;
    this.#escape = '';
    let at = 0;
    while (at < text.length) {
      CONTROL.lastIndex = at;
      const isFound = CONTROL.test(text);
      const end = isFound ? CONTROL.lastIndex - 1 : text.length;
      if (end > at) this.#write(text, at, end);
      if (!isFound) return;
      const next = this.#act(text, end);
      if (next === null) {
        this.#escape = text.slice(end);
        return;
      }
      at = next;
    }
  }

  /** Ends a line that has no line break. */
  flush(): void {
    if (this.#text !== '') this.#end();
  }

  /** Acts on the control character at `at`. @returns where the text goes on; null when a sequence is not whole yet. */
  #act(text: string, at: number): number | null {
    switch (text[at]) {
      case '\n':
        this.#end();
        return at + 1;
      case '\r':
        if (text[at + 1] !== '\n' && this.#cursor > 0) this.#sink.state(this.#text);
        this.#cursor = 0;
        return at + 1;
      case '\b':
        this.#cursor = Math.max(0, this.#cursor - 1);
        return at + 1;
      case '\t':
        this.#write('\t', 0, 1);
        return at + 1;
      case '\u001b':
      case '\u009b':
        return this.#skipEscape(text, at);
      default:
        return at + 1;
    }
  }

  #skipEscape(text: string, at: number): number | null {
    for (const pattern of [CSI, OSC, SHORT]) {
      pattern.lastIndex = at;
      const match = pattern.exec(text);
      if (match === null) continue;
      if (pattern === SHORT && '[]PX^_'.includes(text[at + 1] ?? '')) break;
      const order = match[2] ?? match[4];
      if (order === 'K') this.#erase(match[1] ?? match[3] ?? '');
      return at + match[0].length;
    }
    // Perhaps the rest comes with the next piece; if it is too long for that, it was no sequence.
    return text.length - at < LONGEST_ESCAPE && !text.slice(at, at + LONGEST_ESCAPE).includes('\n') ? null : at + 1;
  }

  #erase(which: string): void {
    if (which === '2') this.#text = ' '.repeat(this.#cursor);
    else if (which === '' || which === '0') this.#text = this.#text.slice(0, this.#cursor);
  }

  #write(text: string, from: number, to: number): void {
    if (this.#text === '' && this.#cursor === 0 && to - from <= LONGEST) {
      this.#text = text.slice(from, to);
      this.#cursor = to - from;
      return;
    }
    const room = LONGEST - this.#cursor;
    if (to - from > room) this.#isCut = true;
    const piece = text.slice(from, Math.min(to, from + Math.max(0, room)));
    const after = this.#text.slice(this.#cursor + piece.length);
    this.#text = this.#text.slice(0, this.#cursor) + piece + after;
    this.#cursor += piece.length;
  }

  #end(): void {
    const line = this.open.trimEnd();
    this.#text = '';
    this.#cursor = 0;
    this.#isCut = false;
    this.#sink.line(line);
  }
}
